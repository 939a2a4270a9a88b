package dev.korm.jdbc.postgres;

import dev.korm.StoreException.Outcome;
import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.session.Sessions;
import dev.korm.jdbc.sql.Dialect.Violation;
import dev.korm.jdbc.sql.text.SqlWriter;
import dev.korm.spi.load.LoadTarget;
import dev.korm.spi.load.RowLoad;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.SchemaMovedException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyIn;
import org.postgresql.util.PGobject;

/** A load: one {@code COPY} in a transaction of its own, on a connection that is given back when it has ended. For one thread. */
final class PostgresLoad implements RowLoad {
    private static final String ATTEMPTED = "Loading rows";

    /** Bytes that are sent at a time. */
    private static final int TOGETHER = 1 << 16;

    /** The size of arrays that every machine has. */
    private static final int MOST = Integer.MAX_VALUE - 8;

    private final Sessions sessions;
    private final PostgresDialect dialect;
    private final TableName table;
    private final ColumnKind[] kinds;
    private final Session session;
    private final CopyIn copy;

    /** Empty where others may use the table. */
    private final Optional<SoleUse> alone;

    private final Runnable committed;
    private byte[] text = new byte[TOGETHER + 1024];
    private int size;
    private boolean open = true;

    /** @param committed is run when the rows can be seen */
    PostgresLoad(
            Sessions sessions,
            PostgresNames names,
            PostgresDialect dialect,
            TableName table,
            List<ColumnSchema> columns,
            LoadTarget target,
            Runnable committed) {
        this.committed = committed;
        this.sessions = sessions;
        this.dialect = dialect;
        this.table = table;
        this.kinds = columns.stream().map(ColumnSchema::kind).toArray(ColumnKind[]::new);
        SqlWriter sql = dialect.writer().add("COPY ");
        dialect.table(sql, table);
        sql.add(" (").name(table.key());
        columns.forEach(column -> sql.add(", ").name(column.name()));
        sql.add(") FROM STDIN");
        // It takes as long as its rows take to come.
        this.session = sessions.takeUnlimited();
        boolean begun = false;
        try {
            session.connection().setAutoCommit(false);
            this.alone = target == LoadTarget.NEW ? SoleUse.of(session, names, dialect, table) : Optional.empty();
            String statement =
                    sql.add(alone.isPresent() ? " WITH (FREEZE)" : "").toSql().text();
            this.copy = DriverConnection.of(session.connection()).copyIn(statement);
            begun = true;
        } catch (SQLException e) {
            throw failed(e, Outcome.NOT_APPLIED);
        } catch (RuntimeException | Error e) {
            session.failed(e);
            throw e;
        } finally {
            if (!begun) {
                sessions.release(session);
            }
        }
    }

    private RuntimeException failed(SQLException e, Outcome outcome) {
        session.failed(e);
        return dialect.mayBeMissing(e)
                ? new SchemaMovedException(table, e)
                : sessions.isClosed() && outcome == Outcome.NOT_APPLIED
                        ? sessions.closedLayer()
                        : sessions.errors().translate(ATTEMPTED, e, outcome);
    }

    @Override
    public boolean add(String id, @Nullable Object[] values) {
        append(id);
        for (int i = 0; i < kinds.length; i++) {
            append('\t');
            Object value = dialect.stored(kinds[i], values[i]);
            append(value instanceof PGobject object ? object.getValue() : value);
        }
        append('\n');
        return size < TOGETHER || send();
    }

    /** Appends a value in the text format of COPY. */
    private void append(@Nullable Object value) {
        if (value == null) {
            append('\\');
            append('N');
        } else if (value instanceof byte[] bytes) {
            append("\\x" + HexFormat.of().formatHex(bytes));
        } else {
            // Numbers and booleans as the server reads them.
            append(value.toString());
        }
    }

    private void append(char ascii) {
        room(1);
        text[size++] = (byte) ascii;
    }

    private void room(int more) {
        if (text.length - size < more) {
            text = Arrays.copyOf(text, Math.max(Math.addExact(size, more), (int) Math.min(text.length * 2L, MOST)));
        }
    }

    private void append(String characters) {
        byte[] bytes = characters.getBytes(StandardCharsets.UTF_8);
        room(bytes.length);
        int from = 0;
        for (int i = 0; i < bytes.length; i++) {
            byte one = bytes[i];
            if (one == '\\' || one == '\t' || one == '\n' || one == '\r') {
                put(bytes, from, i);
                append('\\');
                append(one == '\t' ? 't' : one == '\n' ? 'n' : one == '\r' ? 'r' : '\\');
                from = i + 1;
            }
        }
        put(bytes, from, bytes.length);
    }

    private void put(byte[] bytes, int from, int to) {
        room(to - from);
        System.arraycopy(bytes, from, text, size, to - from);
        size += to - from;
    }

    private interface Step {
        void run() throws SQLException;
    }

    /** Does something; where it fails, the load has ended. */
    private boolean step(Step step) {
        if (!open) {
            throw new IllegalStateException("The load has ended");
        }
        boolean done = false;
        try {
            sessions.check();
            step.run();
            done = true;
            return true;
        } catch (SQLException e) {
            if (dialect.violation(e) != Violation.NONE) {
                session.failed(e);
                return false;
            }
            throw failed(e, Outcome.NOT_APPLIED);
        } finally {
            if (!done) {
                close();
            }
        }
    }

    private boolean send() {
        int all = size;
        size = 0;
        return step(() -> copy.writeToCopy(text, 0, all));
    }

    @Override
    public boolean isLong() {
        return alone.isPresent();
    }

    @Override
    public boolean commit() {
        if (!send() || !step(copy::endCopy) || !(alone.isEmpty() || step(alone.get()::end))) {
            return false;
        }
        try {
            session.connection().commit();
            committed.run();
            return true;
        } catch (SQLException e) {
            boolean unknown = sessions.errors().isLost(e) || sessions.errors().isUndecided(e);
            throw failed(e, unknown ? Outcome.UNKNOWN : Outcome.NOT_APPLIED);
        } finally {
            close();
        }
    }

    @Override
    public void close() {
        if (!open) {
            return;
        }
        open = false;
        try {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        } catch (SQLException e) {
            // The server says that it was cancelled; a lost connection is noticed as it is given back.
            if (sessions.errors().isLost(e)) {
                session.failed(e);
            }
        } finally {
            sessions.release(session);
        }
    }
}
