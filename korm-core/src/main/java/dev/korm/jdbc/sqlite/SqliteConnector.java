package dev.korm.jdbc.sqlite;

import dev.korm.StoreBusyException;
import dev.korm.StoreException;
import dev.korm.StoreException.Outcome;
import dev.korm.spi.environment.Environment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteOpenMode;

/** Opens connections to one database, set up alike. */
public final class SqliteConnector {
    private static final Duration PAUSE = Duration.ofMillis(5);

    /** What the log may keep on disk after it was checkpointed. */
    private static final long LOG_KEPT = 64L << 20;

    private final Optional<Path> file;
    private final SqliteSettings settings;
    private final SqliteErrors errors;
    private final Environment environment;

    /** @param file empty: in memory */
    public SqliteConnector(Optional<Path> file, SqliteSettings settings, SqliteErrors errors, Environment environment) {
        this.file = file;
        this.settings = settings;
        this.errors = errors;
        this.environment = environment;
    }

    Environment environment() {
        return environment;
    }

    Connection writer() {
        return open("Opening", Access.WRITE);
    }

    Connection reader() {
        return open("Opening a connection", Access.READ);
    }

    /** Returns whether a database lasts no longer than its connection. */
    boolean isInMemory() {
        return file.isEmpty();
    }

    /** Returns what makes room in the log; nothing where no commit waits for the disk. */
    Optional<LogRoom> logRoom() {
        return settings.isSynced() ? file.map(LogRoom::new) : Optional.empty();
    }

    private Connection open(String attempted, Access access) {
        try {
            refuseSingleByte();
            Connection connection = config(access).createConnection(url());
            try {
                setUp(connection, access);
                return connection;
            } catch (SQLException | RuntimeException | Error e) {
                try {
                    connection.close();
                } catch (SQLException alsoFailed) {
                    e.addSuppressed(alsoFailed);
                }
                throw e;
            }
        } catch (SQLException e) {
            throw file.map(Path::toAbsolutePath)
                    .filter(path -> SqliteErrors.isUnopened(e))
                    .flatMap(path -> byFolder(attempted, path, e))
                    .orElseGet(() -> errors.translate(attempted, e, Outcome.NOT_APPLIED));
        }
    }

    /** Refuses a file of one byte, which SQLite takes for an empty one and writes over. Longer ones that are no database it refuses by itself. */
    private void refuseSingleByte() throws SQLException {
        if (file.isPresent() && file.get().toFile().length() == 1) {
            throw new SQLException("The file is of one byte", null, SqliteErrors.NOT_A_DATABASE);
        }
    }

    /** Returns the refusal of a file that cannot be opened for what its folder is; empty when that is not the reason. */
    private Optional<StoreException> byFolder(String attempted, Path path, SQLException error) {
        Path folder = path.getParent();
        if (folder == null) {
            return Optional.empty();
        }
        if (Files.notExists(folder)) {
            return Optional.of(errors.noFolder(attempted, folder, error));
        }
        boolean seen = Files.notExists(path) || Files.isReadable(path);
        return seen && !Files.isWritable(folder)
                ? Optional.of(errors.protectedFolder(attempted, folder, error))
                : Optional.empty();
    }

    private String url() {
        // A URI spares the driver's reading of '?' and ':' in paths.
        return "jdbc:sqlite:"
                + file.map(path -> "file://" + path.toAbsolutePath().toUri().getRawPath())
                        .orElse(":memory:");
    }

    private SQLiteConfig config(Access access) {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(settings.isReadOnly() && access == Access.READ);
        config.setOpenMode(SQLiteOpenMode.OPEN_URI);
        // One thread at a time uses a connection, and the driver sees to it as well.
        config.setOpenMode(SQLiteOpenMode.NOMUTEX);
        // Ids are korm's own; otherwise each insert is followed by a query for the row's number.
        config.setGetGeneratedKeys(false);
        // The driver allows a million.
        config.setPragma(SQLiteConfig.Pragma.LIMIT_SQL_LENGTH, String.valueOf(SqliteDialect.LIMITS.characters()));
        config.setBusyTimeout(
                (int) Math.min(Integer.MAX_VALUE, settings.busyTimeout().toMillis()));
        return config;
    }

    private void setUp(Connection connection, Access access) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA trusted_schema = OFF");
            // Of tables that korm did not make; its own have none.
            statement.execute("PRAGMA foreign_keys = ON");
            if (access == Access.WRITE) {
                setUpWriter(statement);
            } else {
                statement.execute("PRAGMA query_only = ON");
            }
            // Reads the file, so that one that is no database is noticed here.
            statement.executeQuery("PRAGMA schema_version").close();
        }
        SqliteFunctions.addTo(connection);
    }

    private void setUpWriter(Statement statement) throws SQLException {
        if (settings.maximumSize().isPresent()) {
            long pageSize;
            try (ResultSet row = statement.executeQuery("PRAGMA page_size")) {
                pageSize = row.getLong(1);
            }
            long pages = Math.max(1, settings.maximumSize().getAsLong() / pageSize);
            statement.executeQuery("PRAGMA max_page_count = " + pages).close();
        }
        if (file.isPresent()) {
            writeAheadLog(statement);
            statement.execute("PRAGMA synchronous = " + settings.synchronous());
            statement.executeQuery("PRAGMA journal_size_limit = " + LOG_KEPT).close();
        }
    }

    /** Changing the mode does not wait for other connections by itself, as every other statement does. */
    private void writeAheadLog(Statement statement) throws SQLException {
        long deadline = environment.nanoTime() + settings.busyTimeout().toNanos();
        while (true) {
            try (ResultSet row = statement.executeQuery("PRAGMA journal_mode = WAL")) {
                if ("wal".equalsIgnoreCase(row.getString(1))) {
                    return;
                }
                throw new StoreException(
                        errors.layer(),
                        "Opening failed on " + errors.where() + ": its file system does not support a write-ahead log."
                                + " Put the file on a local disk",
                        Outcome.NOT_APPLIED,
                        null);
            } catch (SQLException e) {
                StoreException meaning = errors.translate("Opening", e, Outcome.NOT_APPLIED);
                if (!(meaning instanceof StoreBusyException) || environment.nanoTime() >= deadline) {
                    throw e;
                }
                try {
                    environment.sleep(PAUSE);
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    throw e;
                }
            }
        }
    }

    private enum Access {
        READ,
        WRITE
    }
}
