package dev.korm.jdbc.mysql;

import dev.korm.ClosedException;
import dev.korm.jdbc.server.ServerLayer;
import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.session.StatementTap;
import dev.korm.jdbc.session.UncheckedSqlException;
import dev.korm.jdbc.sql.ColumnReader;
import dev.korm.jdbc.sql.SelectionSql;
import dev.korm.jdbc.sql.TableSources;
import dev.korm.jdbc.sql.text.Sql;
import dev.korm.spi.CompiledSelection;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.evaluate.Evaluator;
import dev.korm.spi.evaluate.Parameters;
import dev.korm.spi.evaluate.Scope;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Join;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.SortKey;
import dev.korm.spi.query.TableName;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A selection that the database cannot answer exactly by itself: it is asked for the rows that may count, in their order where
 * it knows that, and what they come to is found out here, row by row.
 *
 * <p>References inside JSON are followed by questions of their own. Then the rows come in pages, by their keys, so that one
 * connection can do both; and within a transaction that sees one moment.
 */
final class MySqlResidual implements CompiledSelection {
    private static final int PAGE = 500;

    /** Rows that references named and that are remembered while one question is answered. */
    private static final int MOST_FOUND = 10_000;

    private final MySqlLayer layer;
    private final Selection selection;
    private final MySqlExactness exactness;
    private final CandidateDialect dialect;
    private final CandidateColumns needed;
    private final List<Join> joins;
    private final boolean follows;
    private final List<Operand.Column> columns = new ArrayList<>();
    private final ColumnReader[] readings;

    MySqlResidual(MySqlLayer layer, Selection selection, MySqlExactness exactness, MySqlDialect dialect) {
        this.layer = layer;
        this.selection = selection;
        this.exactness = exactness;
        this.dialect = new CandidateDialect(dialect, exactness);
        this.needed = new CandidateColumns(selection);
        this.joins = selection.joins().stream()
                .filter(join -> !exactness.joins().contains(join))
                .toList();
        this.follows = !joins.isEmpty() || needed.joinsElements();
        columns.addAll(needed.of(0));
        exactness.joins().forEach(join -> columns.addAll(needed.of(join.source())));
        this.readings = ColumnReader.of(outputs());
    }

    private List<Output> outputs() {
        return columns.stream().<Output>map(Output.Value::new).toList();
    }

    /** Returns whether the database puts the rows in their order. */
    private boolean isOrdered() {
        return !follows && !selection.isGrouped() && exactness.isOrdered(selection);
    }

    /** Returns the selection for the rows that may count. */
    Sql candidates() {
        boolean all = isOrdered() && exactness.isExact(selection.where());
        return statement(
                selection.where(),
                isOrdered() ? selection.order() : List.of(),
                all ? selection.limit() : OptionalLong.empty(),
                layer.sources());
    }

    private Sql statement(Condition where, List<SortKey> order, OptionalLong limit, TableSources sources) {
        return SelectionSql.query(
                new Selection(selection.from(), exactness.joins(), outputs(), where, List.of(), order, limit),
                dialect,
                sources);
    }

    @Override
    public RowCursor select(Object... constants) {
        layer.sessions().checkOpen();
        Selection asked = Parameters.bind(selection, constants);
        if (follows) {
            return paged(asked, constants);
        }
        RowCursor rows = layer.rows(selection, candidates(), constants, readings);
        try {
            List<SortKey> order = isOrdered() ? List.of() : asked.order();
            return new Answer(answer(asked, order, new Rows(rows), new Unfollowed()), thrown -> {}, rows::close);
        } catch (RuntimeException | Error e) {
            rows.close();
            throw e;
        }
    }

    /** Joins are the database's, or there are none. */
    private static final class Unfollowed implements Evaluator.Lookup {
        @Override
        public Scope.@Nullable SourceRow find(TableName table, String id) {
            throw new IllegalStateException("No reference is followed");
        }
    }

    /** @param order what is left to be done to have the rows in their order */
    private Stream<Row> answer(Selection asked, List<SortKey> order, Iterator<Scope> scopes, Evaluator.Lookup lookup) {
        Stream<Scope> stream = StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(scopes, Spliterator.ORDERED | Spliterator.NONNULL), false);
        Selection rest = new Selection(
                asked.from(), joins, asked.outputs(), asked.where(), asked.groupBy(), order, asked.limit());
        return new Evaluator(layer.name(), lookup).select(rest, stream);
    }

    /** Answers within the transaction of a session, which stays the caller's; its rows come in pages, so that it can ask more meanwhile. */
    RowCursor within(Session session, Function<SQLException, RuntimeException> meaning) {
        Iterator<Scope> pages = new Pages(session, ServerLayer.NO_CONSTANTS, "", layer.sources(session));
        Stream<Row> rows = answer(selection, selection.order(), pages, new Followed(session));
        return new Answer(rows, session::failed, () -> {}, meaning);
    }

    private RowCursor paged(Selection asked, Object[] constants) {
        Session session = layer.sessions().take(0);
        try {
            session.connection().setAutoCommit(false);
            session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
            Iterator<Scope> pages = new Pages(session, constants, "", layer.sources(session));
            RowCursor answer = new Answer(
                    answer(asked, asked.order(), pages, new Followed(session)), session::failed, () -> layer.sessions()
                            .release(session));
            return layer.open(answer);
        } catch (SQLException e) {
            session.failed(e);
            layer.sessions().release(session);
            throw layer.failure(selection, e);
        } catch (RuntimeException | Error e) {
            session.failed(e);
            layer.sessions().release(session);
            throw e;
        }
    }

    /**
     * Returns the keys of the selected rows, which are locked within the session's transaction, with others that were
     * looked at.
     */
    List<String> keys(Session session) throws SQLException {
        Iterator<Scope> pages = new Pages(session, ServerLayer.NO_CONSTANTS, " FOR UPDATE", layer.sources(session));
        List<String> keys = new ArrayList<>();
        try (Stream<Row> rows = answer(selection, selection.order(), pages, new Followed(session))) {
            rows.forEachOrdered(row -> keys.add(String.valueOf(row.get(0))));
        } catch (UncheckedSqlException e) {
            throw e.reason();
        }
        return keys;
    }

    private Scope scope(@Nullable Object[] values) {
        int position = needed.of(0).size();
        Scope scope = Scope.of(0, new Found(needed.of(0), values, 0));
        for (Join join : exactness.joins()) {
            List<Operand.Column> its = needed.of(join.source());
            scope = scope.with(join.source(), values[position] == null ? null : new Found(its, values, position));
            position += its.size();
        }
        return scope;
    }

    private static @Nullable Object[] read(RowCursor row, int columns) {
        @Nullable Object[] values = new @Nullable Object[columns];
        for (int i = 0; i < columns; i++) {
            values[i] = row.get(i);
        }
        return values;
    }

    /** A row of a table among the values that were read together. */
    private static final class Found implements Scope.SourceRow {
        private final List<Operand.Column> columns;
        private final @Nullable Object[] values;
        private final int first;

        Found(List<Operand.Column> columns, @Nullable Object[] values, int first) {
            this.columns = columns;
            this.values = values;
            this.first = first;
        }

        @Override
        public @Nullable Object get(String column) {
            for (int i = 0; i < columns.size(); i++) {
                if (columns.get(i).name().equals(column)) {
                    return values[first + i];
                }
            }
            return null;
        }
    }

    /** Rows as they come. */
    private final class Rows implements Iterator<Scope> {
        private final RowCursor rows;
        private boolean read;
        private boolean there;

        Rows(RowCursor rows) {
            this.rows = rows;
        }

        @Override
        public boolean hasNext() {
            if (!read) {
                there = rows.next();
                read = true;
            }
            return there;
        }

        @Override
        public Scope next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            read = false;
            return scope(MySqlResidual.read(rows, columns.size()));
        }
    }

    /** Rows a page at a time, in the order of their keys. */
    private final class Pages implements Iterator<Scope> {
        private final Session session;
        private final Object[] constants;
        private final String lock;
        private final TableSources sources;
        private final Operand.Column key =
                new Operand.Column(0, selection.from().key(), ColumnKind.ID);
        private Iterator<@Nullable Object[]> page =
                List.<@Nullable Object[]>of().iterator();
        private String last = "";
        private boolean ended;

        Pages(Session session, Object[] constants, String lock, TableSources sources) {
            this.session = session;
            this.constants = constants;
            this.lock = lock;
            this.sources = sources;
        }

        @Override
        public boolean hasNext() {
            if (!page.hasNext() && !ended) {
                List<@Nullable Object[]> rows;
                try {
                    rows = fetch();
                } catch (SQLException e) {
                    throw new UncheckedSqlException(e);
                }
                ended = rows.size() < PAGE;
                if (!rows.isEmpty()) {
                    last = String.valueOf(rows.get(rows.size() - 1)[0]);
                }
                page = rows.iterator();
            }
            return page.hasNext();
        }

        private List<@Nullable Object[]> fetch() throws SQLException {
            Condition further = last.isEmpty()
                    ? selection.where()
                    : new Condition.And(
                            List.of(selection.where(), new Condition.Compare(key, Condition.Comparison.GREATER, last)));
            Sql sql = statement(
                    further,
                    List.of(new SortKey(new Output.Value(key), SortKey.Direction.ASCENDING, SortKey.Nulls.FIRST)),
                    OptionalLong.of(PAGE),
                    sources);
            Sql locking = new Sql(sql.text() + lock, sql.slots());
            return fetchAll(session, locking, constants, readings);
        }

        @Override
        public Scope next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return scope(page.next());
        }
    }

    private static List<@Nullable Object[]> fetchAll(
            Session session, Sql sql, Object[] constants, ColumnReader[] readings) throws SQLException {
        StatementTap.Sent sent = session.tap().begin(sql.text());
        try {
            String text = session.limited(sql.text());
            PreparedStatement statement = session.prepare(text);
            sql.bind(statement, 1, constants);
            List<@Nullable Object[]> rows = new ArrayList<>();
            try (var answer = session.waiting(statement, () -> Session.rows(statement, text.equals(sql.text())))) {
                while (answer.next()) {
                    @Nullable Object[] values = new @Nullable Object[readings.length];
                    for (int i = 0; i < values.length; i++) {
                        values[i] = readings[i].read(answer, i + 1);
                    }
                    rows.add(values);
                }
            }
            StatementTap.ended(sent, rows.size(), null);
            return rows;
        } catch (SQLException e) {
            StatementTap.ended(sent, -1, e);
            session.failed(e);
            session.discard(sql.text());
            throw e;
        }
    }

    /** Finds the rows that references name, each by a question, and remembers them. */
    private final class Followed implements Evaluator.Lookup {
        private final Session session;
        private final Map<String, Scope.@Nullable SourceRow> known = new LinkedHashMap<>();

        Followed(Session session) {
            this.session = session;
        }

        @Override
        public Scope.@Nullable SourceRow find(TableName table, String id) {
            String key = table.text() + " " + id;
            if (!known.containsKey(key)) {
                if (known.size() == MOST_FOUND) {
                    known.clear();
                }
                known.put(key, ask(table, id));
            }
            return known.get(key);
        }

        private Scope.@Nullable SourceRow ask(TableName table, String id) {
            List<Operand.Column> wanted = needed.of(table);
            Operand.Column key = new Operand.Column(0, table.key(), ColumnKind.ID);
            List<Output> outputs =
                    wanted.stream().<Output>map(Output.Value::new).toList();
            Selection byId = new Selection(
                    table,
                    List.of(),
                    outputs,
                    new Condition.Compare(key, Condition.Comparison.EQUAL, id),
                    List.of(),
                    List.of(),
                    OptionalLong.empty());
            try {
                List<@Nullable Object[]> rows = fetchAll(
                        session,
                        SelectionSql.query(byId, dialect, layer.sources(session)),
                        ServerLayer.NO_CONSTANTS,
                        ColumnReader.of(outputs));
                return rows.isEmpty() ? null : new Found(wanted, rows.get(0), 0);
            } catch (SQLException e) {
                throw new UncheckedSqlException(e);
            }
        }
    }

    /** Rows of a stream as a cursor. */
    private final class Answer implements RowCursor {
        private final Stream<Row> stream;
        private final Consumer<Throwable> failures;
        private final Runnable release;
        private final Function<SQLException, RuntimeException> meaning;
        private final Iterator<Row> rows;
        private @Nullable Row row;
        private boolean open = true;
        private boolean closed;

        /** @param failures is told what was thrown, before what the rows held is given back */
        Answer(Stream<Row> stream, Consumer<Throwable> failures, Runnable release) {
            this(stream, failures, release, error -> layer.failure(selection, error));
        }

        Answer(
                Stream<Row> stream,
                Consumer<Throwable> failures,
                Runnable release,
                Function<SQLException, RuntimeException> meaning) {
            this.meaning = meaning;
            this.stream = stream;
            this.failures = failures;
            this.release = release;
            this.rows = stream.iterator();
        }

        @Override
        public boolean next() {
            if (closed) {
                throw new ClosedException("The rows were closed; ask again");
            }
            if (!open) {
                return false;
            }
            try {
                row = rows.hasNext() ? rows.next() : null;
            } catch (UncheckedSqlException e) {
                // Finding out what it means takes a session, and there may be no other.
                end();
                throw meaning.apply(e.reason());
            } catch (RuntimeException | Error e) {
                failures.accept(e);
                end();
                throw e;
            }
            if (row == null) {
                end();
            }
            return row != null;
        }

        @Override
        public @Nullable Object get(int column) {
            if (row == null) {
                throw new IllegalStateException("There is no row at hand");
            }
            return row.get(column);
        }

        @Override
        public void close() {
            closed = true;
            end();
        }

        private void end() {
            if (open) {
                open = false;
                row = null;
                try {
                    stream.close();
                } finally {
                    release.run();
                }
            }
        }
    }
}
