package dev.korm.jdbc;

import dev.korm.ClosedException;
import dev.korm.ConfigurationException;
import dev.korm.KormException;
import dev.korm.StoreException.Outcome;
import dev.korm.StoreReadOnlyException;
import dev.korm.ValueException;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Capabilities;
import dev.korm.spi.ColumnKind;
import dev.korm.spi.CompiledSelection;
import dev.korm.spi.Condition;
import dev.korm.spi.Environment;
import dev.korm.spi.Layer;
import dev.korm.spi.Operand;
import dev.korm.spi.Output;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.RowCursor;
import dev.korm.spi.SchemaMovedException;
import dev.korm.spi.Selection;
import dev.korm.spi.StorePlan;
import dev.korm.spi.TableName;
import dev.korm.spi.TableShape;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PGobject;

/** A schema of a PostgreSQL database. Every call takes a connection and gives it back; a cursor gives it back at its end. */
final class PostgresLayer implements Layer {
    /** The driver binds 65,535 values at once, and lists of constants are filled up to double their size. */
    private static final int PARAMETERS = 30_000;

    private static final int OLDEST = 140_000;
    private static final Object[] NO_CONSTANTS = new Object[0];

    /** Rows that are fetched at once. */
    private static final int ROWS = 200;

    /** An answer of at most so many rows is fetched whole, which spares beginning and ending a transaction. */
    private static final int FEW = 50;

    private final String name;
    private final PostgresErrors errors;
    private final Capabilities capabilities;
    private final PostgresDialect dialect;
    private final PostgresCatalog catalog;
    private final PostgresSessions sessions;
    private final PostgresWriter writer;
    private final AtomicBoolean closed;

    /** Shapes by which statements were written; one that has its revision column stays good enough for that. */
    private final Map<TableName, TableShape> known = new ConcurrentHashMap<>();

    private PostgresLayer(
            String name,
            Postgres settings,
            PostgresNames names,
            PostgresSessions sessions,
            PostgresErrors errors,
            Environment environment,
            AtomicBoolean closed) {
        this.name = name;
        this.errors = errors;
        this.sessions = sessions;
        this.closed = closed;
        this.dialect = new PostgresDialect(names);
        this.catalog = new PostgresCatalog(names, dialect);
        this.writer = new PostgresWriter(
                sessions,
                errors,
                environment,
                settings.busySeconds(),
                (session, failing) -> new BatchWriter(
                        session,
                        dialect,
                        catalog,
                        selection -> new Sources(name, table -> shape(session, table)),
                        failing),
                catalog);
        this.capabilities = new Capabilities(
                settings.isReadOnly() ? Capabilities.Access.READ_ONLY : Capabilities.Access.READ_WRITE,
                Capabilities.Transactions.HELD_OPEN,
                Capabilities.Joins.SUPPORTED,
                condition -> true,
                PARAMETERS);
    }

    static Layer open(
            String name, Postgres settings, Connections connections, PostgresErrors errors, Environment environment) {
        AtomicBoolean closed = new AtomicBoolean();
        PostgresSessions sessions = new PostgresSessions(name, connections, errors, closed);
        PostgresNames names = sessions.run("Opening", session -> names(session, settings, errors));
        return new PostgresLayer(name, settings, names, sessions, errors, environment, closed);
    }

    private static PostgresNames names(Session session, Postgres settings, PostgresErrors errors) throws SQLException {
        Sql sql = new Sql(
                "SELECT current_setting('server_version_num'), current_setting('server_encoding'), current_schema(), ("
                        + "SELECT count(*) FROM pg_catalog.pg_namespace WHERE nspname = ?)",
                List.of(Slot.fixed(settings.schema().orElse(""))));
        return session.query(sql, rows -> {
            rows.next();
            if (Integer.parseInt(rows.getString(1)) < OLDEST) {
                throw new ConfigurationException(
                        "Opening " + errors.where() + " failed: korm needs PostgreSQL 14 or later. Upgrade the server");
            }
            if (!"UTF8".equals(rows.getString(2))) {
                throw new ConfigurationException("Opening " + errors.where()
                        + " failed: the database's encoding is not UTF8, and could not hold every text. Create one"
                        + " with ENCODING 'UTF8'");
            }
            Optional<String> schema = settings.schema();
            if (schema.isPresent() ? rows.getLong(4) == 0 : rows.getString(3) == null) {
                throw new ConfigurationException("Opening " + errors.where()
                        + " failed: there is no such schema. Create it, or name another with schema(…)");
            }
            return PostgresNames.of(schema.isPresent() ? schema.get() : rows.getString(3));
        });
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public List<TableName> tables() {
        return sessions.run("Listing tables", session -> catalog.items(session, TableName.ID));
    }

    @Override
    public List<TableName> tables(String column) {
        return sessions.run("Listing tables", session -> catalog.items(session, column));
    }

    @Override
    public Optional<TableShape> describe(TableName table) {
        Optional<TableShape> shape = sessions.run("Describing table " + table, session -> catalog.read(session, table));
        remember(table, shape);
        return shape;
    }

    private void remember(TableName table, Optional<TableShape> shape) {
        if (shape.isPresent()) {
            known.put(table, shape.get());
        } else {
            known.remove(table);
        }
    }

    private Optional<TableShape> shape(TableName table) {
        return remembered(table).or(() -> describe(table));
    }

    private Optional<TableShape> shape(Session session, TableName table) {
        return remembered(table).or(() -> {
            try {
                return catalog.read(session, table);
            } catch (SQLException e) {
                throw errors.translate("Describing table " + table, e, Outcome.NOT_APPLIED);
            }
        });
    }

    private Optional<TableShape> remembered(TableName table) {
        return Optional.ofNullable(known.get(table)).filter(shape -> shape.has(TableName.REVISION));
    }

    @Override
    public TableShape evolve(TableShape wanted, Set<String> replace) {
        PostgresCatalog.checkNames(wanted);
        Optional<TableShape> now = describe(wanted.table());
        if (now.isPresent() && TableShapes.covers(now.get(), wanted, replace)) {
            return now.get();
        }
        TableShape evolved = writer().evolve(wanted, Set.copyOf(replace));
        remember(wanted.table(), Optional.of(evolved));
        return evolved;
    }

    @Override
    public RowCursor select(Selection selection) {
        return new Compiled(selection).select(NO_CONSTANTS);
    }

    @Override
    public CompiledSelection compile(Selection selection) {
        return new Compiled(selection);
    }

    @Override
    public StorePlan explain(Selection selection) {
        Sql sql = new Compiled(selection).written();
        List<String> steps = sessions.run("Explaining a selection from " + selection.from(), session -> {
            List<String> lines = new ArrayList<>();
            try (PreparedStatement statement = session.connection().prepareStatement("EXPLAIN " + sql.text())) {
                for (int i = 0; i < sql.slots().size(); i++) {
                    statement.setObject(i + 1, neutral(sql.slots().get(i)));
                }
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        lines.add(rows.getString(1));
                    }
                }
            }
            return lines;
        });
        return new StorePlan(sql.text(), sql.slots().size(), steps);
    }

    /** Something of the same type, since the plan shows what it was made for. */
    private static Object neutral(Slot slot) {
        Slot.Conversion conversion = slot.conversion();
        if (conversion != null) {
            return neutral(conversion.toDriver(
                    switch (slot.kind()) {
                        case INTEGER -> 1L;
                        case REAL -> 1.0;
                        case DECIMAL -> BigDecimal.ONE;
                        case BOOLEAN -> true;
                        case BYTES -> new byte[0];
                        default -> "";
                    }));
        }
        Object value = slot.value();
        return value == null ? "" : neutral(value);
    }

    private static Object neutral(Object value) {
        if (value instanceof Long) {
            return 1L;
        }
        if (value instanceof Double) {
            return 1.0;
        }
        if (value instanceof BigDecimal) {
            return BigDecimal.ONE;
        }
        if (value instanceof byte[]) {
            return new byte[0];
        }
        if (value instanceof String[]) {
            return new String[0];
        }
        if (value instanceof PGobject object) {
            PGobject other = new PGobject();
            other.setType(object.getType());
            try {
                other.setValue("1");
            } catch (SQLException never) {
                throw new IllegalStateException(never);
            }
            return other;
        }
        return value instanceof Boolean ? value : "";
    }

    @Override
    public BatchResult apply(Batch batch) {
        return writer().apply(batch);
    }

    @Override
    public PreparedBatch prepare(Batch batch) {
        return writer().prepare(batch);
    }

    private PostgresWriter writer() {
        sessions.checkOpen();
        if (capabilities.access() == Capabilities.Access.READ_ONLY) {
            throw new StoreReadOnlyException(
                    name,
                    "Writing failed on " + errors.where()
                            + ": the layer was opened read-only. Open it without readOnly()",
                    Outcome.NOT_APPLIED,
                    null);
        }
        return writer;
    }

    @Override
    public void close() {
        if (!closed.getAndSet(true)) {
            writer.close();
            sessions.close();
        }
    }

    private final class Compiled implements CompiledSelection {
        private final Selection selection;
        private final Reading[] readings;
        private final boolean few;
        private volatile @Nullable Sql written;

        Compiled(Selection selection) {
            this.selection = selection;
            this.readings = Reading.of(selection.outputs());
            this.few = isFew(selection);
        }

        Sql written() {
            Sql kept = written;
            if (kept != null) {
                return kept;
            }
            sessions.checkOpen();
            Sources sources = new Sources(name, PostgresLayer.this::shape);
            Sql sql = SelectionSql.query(selection, dialect, sources);
            if (!sources.provisional()) {
                written = sql;
            }
            return sql;
        }

        @Override
        public RowCursor select(Object... constants) {
            Sql sql = written();
            Session session = sessions.take(0);
            try {
                session.connection().setAutoCommit(few);
                PreparedStatement statement = session.prepare(sql.text());
                statement.setFetchSize(few ? 0 : ROWS);
                sql.bind(statement, 1, constants);
                return new OpenCursor(new JdbcCursor(
                        statement.executeQuery(), readings, () -> sessions.release(session), this::failure));
            } catch (SQLException e) {
                sessions.release(session);
                throw failure(e);
            } catch (RuntimeException | Error e) {
                sessions.release(session);
                throw e;
            }
        }

        /** What it means that the selection failed, found out by looking at the tables. */
        private RuntimeException failure(SQLException e) {
            if (closed.get()) {
                return sessions.closedLayer();
            }
            if (PostgresErrors.state(e).equals("22003") && sumsWholeNumbers()) {
                return new ValueException(
                        "A sum over table " + selection.from() + " in layer " + name
                                + " is beyond 64 bits. Sum a field of type BigDecimal or double, or fewer items",
                        e);
            }
            KormException meaning = errors.translate("Reading from table " + selection.from(), e, Outcome.NOT_APPLIED);
            if (!dialect.mayBeMissing(e)) {
                return meaning;
            }
            Optional<TableName> missing =
                    sessions.run("Describing table " + selection.from(), session -> Needs.of(selection)
                            .missing(table -> catalog.read(session, table)));
            if (missing.isEmpty() && !dialect.isOfAnotherKind(e)) {
                return meaning;
            }
            return new SchemaMovedException(missing.orElse(selection.from()), e);
        }

        private boolean sumsWholeNumbers() {
            return selection.outputs().stream()
                    .anyMatch(output -> output instanceof Output.Aggregate aggregate
                            && aggregate.function() == Output.Function.SUM
                            && aggregate.operand().kind() == ColumnKind.INTEGER);
        }
    }

    private static boolean isFew(Selection selection) {
        if (selection.limit().isPresent() && selection.limit().getAsLong() <= FEW) {
            return true;
        }
        boolean oneRow = selection.groupBy().isEmpty()
                && !selection.outputs().isEmpty()
                && selection.outputs().stream().noneMatch(Output.Value.class::isInstance);
        return oneRow || isOfOneKey(selection.where());
    }

    private static boolean isOfOneKey(Condition where) {
        if (where instanceof Condition.All all) {
            return all.conditions().stream().anyMatch(PostgresLayer::isOfOneKey);
        }
        return where instanceof Condition.Compare compare
                && compare.comparison() == Condition.Comparison.EQUAL
                && compare.operand() instanceof Operand.Column column
                && column.kind() == ColumnKind.ID
                && column.source() == 0;
    }

    /** Rows that end with the layer, also those that the driver holds already. */
    private final class OpenCursor implements RowCursor {
        private final JdbcCursor rows;

        OpenCursor(JdbcCursor rows) {
            this.rows = rows;
        }

        @Override
        public boolean next() {
            if (closed.get()) {
                rows.close();
                throw sessions.closedLayer();
            }
            return rows.next();
        }

        @Override
        public @Nullable Object get(int column) {
            return rows.get(column);
        }

        @Override
        public void close() {
            rows.close();
        }
    }

    /** What a closed layer says. */
    static ClosedException closed(String name) {
        return new ClosedException("The layer " + name + " was closed");
    }
}
