package dev.korm.testkit.kalam.data;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.sqlite.Function;
import org.sqlite.SQLiteConfig;

/** The SQLite file behind the server: one connection, which whoever holds the lock uses. */
public final class Database implements AutoCloseable {
    /** Work with the connection. */
    public interface Work<T> {
        T run(Database database) throws SQLException;
    }

    private static final int PREPARED = 100;

    private final ReentrantLock lock = new ReentrantLock();
    private final Connection connection;
    private final Map<String, PreparedStatement> prepared = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, PreparedStatement> eldest) {
            if (size() <= PREPARED) {
                return false;
            }
            try {
                eldest.getValue().close();
            } catch (SQLException e) {
                throw SqlFailure.execution(e.getMessage());
            }
            return true;
        }
    };

    public Database(Path file, Snowflake ids) {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.OFF);
        config.enableCaseSensitiveLike(true);
        try {
            connection = DriverManager.getConnection("jdbc:sqlite:" + file, config.toProperties());
            function("SNOWFLAKE_ID", arguments -> ids.next());
            function("UUID_V7", arguments -> version7().toString());
            function("ULID", arguments -> version7()
                    .toString()
                    .replace("-", "")
                    .substring(0, 26)
                    .toUpperCase(java.util.Locale.ROOT));
            function("KALAM_NOW", arguments -> System.currentTimeMillis() * 1000);
            function("MATCH", arguments -> like(arguments.get(0), arguments.get(1)));
            function(
                    "REGEXP",
                    arguments -> arguments.get(1) == null
                            ? null
                            : Pattern.compile(arguments.get(0))
                                            .matcher(arguments.get(1))
                                            .find()
                                    ? 1L
                                    : 0L);
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot open the server's data in " + file + ": " + e.getMessage(), e);
        }
    }

    private static UUID version7() {
        UUID random = UUID.randomUUID();
        return new UUID(
                System.currentTimeMillis() << 16 | 0x7000 | (random.getMostSignificantBits() & 0xfff),
                random.getLeastSignificantBits());
    }

    private static @Nullable Long like(@Nullable String pattern, @Nullable String value) {
        return pattern == null || value == null ? null : LiveFilter.like(value, pattern, true) ? 1L : 0L;
    }

    private interface Scalar {
        @Nullable Object call(List<@Nullable String> arguments);
    }

    private void function(String name, Scalar scalar) throws SQLException {
        Function.create(connection, name, new Function() {
            @Override
            protected void xFunc() throws SQLException {
                List<@Nullable String> arguments = new ArrayList<>();
                for (int i = 0; i < args(); i++) {
                    arguments.add(value_text(i));
                }
                Object value = scalar.call(arguments);
                if (value == null) {
                    result();
                } else if (value instanceof Long number) {
                    result(number.longValue());
                } else {
                    result(value.toString());
                }
            }
        });
    }

    /** Runs work while nobody else uses the database. */
    public <T> T locked(Work<T> work) {
        lock.lock();
        try {
            return work.run(this);
        } catch (SQLException e) {
            throw SqlFailure.execution(e.getMessage());
        } finally {
            lock.unlock();
        }
    }

    /** Runs work in a transaction, which is rolled back when it fails, unless the failure is to keep what was done. */
    <T> T inTransaction(boolean keepsHalf, Work<T> work) {
        return locked(database -> {
            execute("BEGIN IMMEDIATE");
            boolean isDone = false;
            try {
                T result = work.run(database);
                execute("COMMIT");
                isDone = true;
                return result;
            } finally {
                if (!isDone) {
                    execute(keepsHalf ? "COMMIT" : "ROLLBACK");
                }
            }
        });
    }

    void execute(String sql, @Nullable Object... values) throws SQLException {
        update(sql, values);
    }

    int update(String sql, @Nullable Object... values) throws SQLException {
        PreparedStatement statement = kept(sql);
        bind(statement, values);
        return statement.executeUpdate();
    }

    /** Returns the statement, which stays prepared; its result is read to its end before it is used again. */
    private PreparedStatement kept(String sql) throws SQLException {
        PreparedStatement statement = prepared.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            prepared.put(sql, statement);
        }
        return statement;
    }

    /** Prepares a query; the caller closes it. */
    PreparedStatement prepare(String sql, @Nullable Object... values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        bind(statement, values);
        return statement;
    }

    public List<@Nullable Object[]> rows(String sql, @Nullable Object... values) throws SQLException {
        PreparedStatement statement = kept(sql);
        bind(statement, values);
        try (ResultSet found = statement.executeQuery()) {
            int width = found.getMetaData().getColumnCount();
            List<@Nullable Object[]> rows = new ArrayList<>();
            while (found.next()) {
                @Nullable Object[] row = new Object[width];
                for (int i = 0; i < width; i++) {
                    row[i] = found.getObject(i + 1);
                }
                rows.add(row);
            }
            return rows;
        }
    }

    private static void bind(PreparedStatement statement, @Nullable Object... values) throws SQLException {
        int wanted = statement.getParameterMetaData().getParameterCount();
        for (int i = 0; i < Math.min(wanted, values.length); i++) {
            Object value = values[i];
            statement.setObject(i + 1, value instanceof Boolean flag ? (Object) (flag ? 1L : 0L) : value);
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot close the server's data: " + e.getMessage(), e);
        } finally {
            lock.unlock();
        }
    }
}
