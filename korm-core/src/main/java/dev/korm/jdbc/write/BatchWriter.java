package dev.korm.jdbc.write;

import dev.korm.jdbc.existing.ExistingRows;
import dev.korm.jdbc.session.Detour;
import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.sql.Dialect;
import dev.korm.jdbc.sql.InsertStatements;
import dev.korm.jdbc.sql.InsertStatements.Tokens;
import dev.korm.jdbc.sql.RequiredColumns;
import dev.korm.jdbc.sql.SelectionSql;
import dev.korm.jdbc.sql.Selections;
import dev.korm.jdbc.sql.ShownTable;
import dev.korm.jdbc.sql.text.BindParameter;
import dev.korm.jdbc.sql.text.Sql;
import dev.korm.jdbc.sql.text.SqlWriter;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Fence;
import dev.korm.spi.Mutation;
import dev.korm.spi.Refusal;
import dev.korm.spi.Row;
import dev.korm.spi.TransactionMarker;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.SchemaMovedException;
import dev.korm.spi.schema.TableSchema;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Applies batches on one session, within a transaction that its caller begins and ends. For one thread at a time.
 *
 * <p>Each mutation is one statement; why it did not work is looked up only when it did not.
 */
public final class BatchWriter {
    /** How many inserts are taken for one run. */
    private static final int TOGETHER = 1000;

    private static final ColumnSchema REVISION = new ColumnSchema(TableName.REVISION, ColumnKind.INTEGER);
    private static final ColumnSchema TOKEN = new ColumnSchema(TableName.TOKEN, ColumnKind.INTEGER);

    private final Session session;
    private final Dialect dialect;
    private final Catalog catalog;
    private final Selections selections;
    private final Failing failing;
    private final SchemaGuard guard;
    private final Refusals refusals;
    private final InsertStatements inserts;

    /** Those of tables that korm did not make. */
    private final ExistingRows existing;

    /** The token of the batch that is being applied. */
    private OptionalLong token = OptionalLong.empty();

    /** Whether the transaction has changed the schema. Assigned before it does. */
    private boolean schemaChanged;

    /** The state in which a failed statement leaves its transaction, and so what can be looked up after it. */
    public enum Failing {
        /** All that was done before it. */
        LEAVES_TRANSACTION,
        /** Nothing: {@link LookAgain} is thrown where more has to be known. */
        LOSES_TRANSACTION,
        /** All that was done before it, since each statement has a savepoint of its own. */
        RETURNS_TO_SAVEPOINT
    }

    /** A statement failed for a reason that can only be found out in another transaction, after this one is rolled back. */
    public static final class LookAgain extends Detour {
        private static final long serialVersionUID = 1L;

        LookAgain(SQLException cause) {
            super(cause);
        }
    }

    public BatchWriter(
            Session session,
            Dialect dialect,
            Catalog catalog,
            SchemaGuard guard,
            Selections selections,
            InsertStatements inserts,
            ExistingRows existing,
            Failing failing) {
        this.session = session;
        this.dialect = dialect;
        this.catalog = catalog;
        this.selections = selections;
        this.inserts = inserts;
        this.existing = existing;
        this.failing = failing;
        this.guard = guard;
        this.refusals = new Refusals(session, dialect, catalog, existing);
    }

    /** Takes note that its caller has begun a transaction, or does without one. */
    public void transactionBegins() {
        schemaChanged = false;
    }

    /**
     * Applies the batch. When it is refused, or when this throws, the caller has to roll back.
     *
     * @throws SchemaMovedException when a table or column is not there, or not as the batch says
     */
    public BatchResult apply(Batch batch) throws SQLException {
        List<Mutation> mutations = batch.mutations();
        ValueSizes.require(mutations, dialect.largestText());
        token = batch.token();
        if (schemaChanged) {
            guard.checkAfterSchemaChange(session, mutations);
        } else {
            guard.check(session, mutations);
        }
        if (batch.marker().isPresent()) {
            Outcome outcome = mark(batch.marker().get());
            if (outcome.refusal() != null) {
                return new BatchResult.Refused(BatchResult.Refused.MARKER, outcome.refusal());
            }
        }
        List<Long> rows = new ArrayList<>(mutations.size());
        int position = 0;
        while (position < mutations.size()) {
            int end = endOfRun(mutations, position);
            Outcome outcome = applied(mutations.subList(position, end));
            if (outcome.refusal() != null) {
                return new BatchResult.Refused(position + outcome.position(), outcome.refusal());
            }
            for (int i = position; i < end; i++) {
                rows.add(outcome.rows());
            }
            position = end;
        }
        return new BatchResult.Applied(rows);
    }

    private Outcome applied(List<Mutation> run) throws SQLException {
        try {
            return run.size() > 1 ? insertAll(run) : apply(run.get(0));
        } catch (SQLException e) {
            ShownTable shown = existing.of(run.get(0).table());
            if (shown != null) {
                existing.requireRules(shown, run.get(0), e);
            }
            throw e;
        }
    }

    /** Returns the end of a run of inserts into the same columns; one mutation further on for anything else. */
    private static int endOfRun(List<Mutation> mutations, int from) {
        int end = from + 1;
        if (mutations.get(from) instanceof Mutation.Insert first) {
            while (end < mutations.size()
                    && end - from < TOGETHER
                    && mutations.get(end) instanceof Mutation.Insert next
                    && next.columns() == first.columns()
                    && next.table().equals(first.table())) {
                end++;
            }
        }
        return end;
    }

    private Outcome apply(Mutation mutation) throws SQLException {
        if (mutation instanceof Mutation.Insert insert) {
            return insert(insert);
        }
        if (mutation instanceof Mutation.Update update) {
            return update(update);
        }
        if (mutation instanceof Mutation.Delete delete) {
            return delete(delete);
        }
        if (mutation instanceof Mutation.UpdateSelected update) {
            return updateSelected(update);
        }
        if (mutation instanceof Mutation.RequireNone guard) {
            return requireNone(guard.selection());
        }
        if (mutation instanceof Mutation.RequireRevision guard) {
            return requireRevision(guard);
        }
        if (mutation instanceof Mutation.RequireFence guard) {
            return requireFence(guard.fence());
        }
        return deleteSelected((Mutation.DeleteSelected) mutation);
    }

    private Outcome insert(Mutation.Insert insert) throws SQLException {
        String text = text(insert);
        try {
            return Outcome.of(mended(
                    () -> savepoint(() -> session.update(text, statement -> bind(statement, insert))),
                    () -> RequiredColumns.of(insert.table(), namesWithToken(insert.table(), insert.columns()))));
        } catch (SQLException e) {
            lookable(e);
            if (dialect.violation(e) != Dialect.Violation.NONE && refusals.exists(insert.table(), insert.id())) {
                return Outcome.refused(new Refusal.Exists());
            }
            return taken(e, insert.table(), Optional.of(insert.id()), insert.columns(), insert.values());
        }
    }

    /** Inserts many rows into the same columns, and looks for the reason once one of them does not go in. */
    private Outcome insertAll(List<Mutation> run) throws SQLException {
        int done = failing == Failing.LEAVES_TRANSACTION ? insertWhileTheyGoIn(run) : insertTogether(run);
        for (int i = done; i < run.size(); i++) {
            Outcome outcome = insert((Mutation.Insert) run.get(i));
            if (outcome.refusal() != null) {
                return new Outcome(0, i, outcome.refusal());
            }
        }
        return Outcome.of(1);
    }

    /**
     * Inserts rows until one is refused, and returns how many went in. They stay when the next one fails: a savepoint
     * to take them back to would have SQLite copy each page before it is changed.
     */
    private int insertWhileTheyGoIn(List<Mutation> run) throws SQLException {
        String text = text((Mutation.Insert) run.get(0));
        int done = 0;
        long begun = session.tap().begin();
        try {
            PreparedStatement statement = session.prepare(text);
            for (Mutation mutation : run) {
                bind(statement, (Mutation.Insert) mutation);
                session.changes();
                session.waiting(statement, statement::executeLargeUpdate);
                done++;
            }
            statement.clearParameters();
            session.tap().ended(text, done, begun, null);
        } catch (SQLException e) {
            session.tap().ended(text, done, begun, e);
            session.failed(text, e);
            if (dialect.violation(e) == Dialect.Violation.NONE && !dialect.mayBeMissing(e)) {
                throw e;
            }
        }
        return done;
    }

    /** Hands all rows to the driver at once, and answers how many went in: all or none. */
    private int insertTogether(List<Mutation> run) throws SQLException {
        boolean doubted = catalog.hasSilentRollbacks();
        // Where a transaction may end in silence and another begin, its savepoints tell.
        boolean savepoint = doubted || failing == Failing.RETURNS_TO_SAVEPOINT;
        if (savepoint) {
            session.execute("SAVEPOINT korm_rows");
        }
        String text = text((Mutation.Insert) run.get(0));
        long begun = session.tap().begin();
        try {
            PreparedStatement statement = session.prepare(text);
            // Rows may be left of a run that failed while it was bound.
            statement.clearBatch();
            for (Mutation mutation : run) {
                bind(statement, (Mutation.Insert) mutation);
                statement.addBatch();
            }
            session.changes();
            session.waiting(statement, statement::executeBatch);
            statement.clearParameters();
            session.tap().ended(text, run.size(), begun, null);
            if (doubted) {
                catalog.requireTransaction(session);
            }
        } catch (SQLException e) {
            session.tap().ended(text, -1, begun, e);
            session.failed(text, e);
            lookable(e);
            if (!isExplained(e)) {
                throw e;
            }
            returnTo("korm_rows", e);
            return 0;
        }
        if (savepoint) {
            session.execute("RELEASE SAVEPOINT korm_rows");
        }
        return run.size();
    }

    private String text(Mutation.Insert insert) {
        ShownTable shown = existing.of(insert.table());
        if (shown != null) {
            return existing.insert(shown, insert.columns());
        }
        return inserts.of(insert, hasToken(insert.table()) ? Tokens.WRITTEN : Tokens.NONE);
    }

    private boolean hasToken(TableName table) {
        return token.isPresent() && table.isItems();
    }

    private void bind(PreparedStatement statement, Mutation.Insert insert) throws SQLException {
        ShownTable shown = existing.of(insert.table());
        if (shown != null) {
            ExistingRows.requireKey(shown, insert);
            existing.bind(statement, shown, insert);
            return;
        }
        statement.setString(1, insert.id());
        int columns = insert.columns().size();
        for (int i = 0; i < columns; i++) {
            statement.setObject(
                    i + 2,
                    dialect.stored(
                            insert.columns().get(i).kind(), insert.values().get(i)));
        }
        if (hasToken(insert.table())) {
            statement.setLong(columns + 2, token.getAsLong());
        }
    }

    /** Returns a statement that begins with some words and a table. */
    private SqlWriter to(String words, TableName table) {
        SqlWriter sql = dialect.writer().add(words);
        dialect.table(sql, table);
        return sql;
    }

    private Sql statement(Mutation.Update update) {
        TableName table = update.table();
        ShownTable shown = existing.of(table);
        if (shown != null) {
            return existing.update(shown, update);
        }
        SqlWriter sql = to("UPDATE ", table);
        set(sql, table, update.columns(), update.values());
        sql.add(" WHERE ").name(table.key()).add(" = ").bind(update.id());
        expect(sql, table, update.expectedRevision());
        return sql.toSql();
    }

    private Sql statement(Mutation.Delete delete) {
        TableName table = delete.table();
        ShownTable shown = existing.of(table);
        if (shown != null) {
            return existing.delete(shown, delete);
        }
        SqlWriter sql = to("DELETE FROM ", table);
        sql.add(" WHERE ").name(table.key()).add(" = ").bind(delete.id());
        expect(sql, table, delete.expectedRevision());
        return sql.toSql();
    }

    private Outcome update(Mutation.Update update) throws SQLException {
        TableName table = update.table();
        Sql sql = statement(update);
        try {
            long rows = change(sql, () -> needs(table, update.columns()));
            return rows == 0 ? Outcome.refused(refusals.absent(table, update.id())) : Outcome.of(rows);
        } catch (SQLException e) {
            return taken(e, table, Optional.of(update.id()), update.columns(), update.values());
        }
    }

    private Outcome delete(Mutation.Delete delete) throws SQLException {
        TableName table = delete.table();
        long rows = change(
                statement(delete),
                () -> delete.expectedRevision().isPresent()
                        ? needs(table, List.of())
                        : RequiredColumns.of(table, List.of()));
        return rows == 0 ? Outcome.refused(refusals.absent(table, delete.id())) : Outcome.of(rows);
    }

    private Outcome updateSelected(Mutation.UpdateSelected update) throws SQLException {
        TableName table = update.table();
        try {
            changeable(table, needs(table, update.columns()));
            return Outcome.of(changeSelected(update.selection(), () -> {
                ShownTable shown = existing.of(table);
                if (shown != null) {
                    return existing.begun(shown, update.columns(), update.values());
                }
                SqlWriter sql = to("UPDATE ", table);
                set(sql, table, update.columns(), update.values());
                return sql;
            }));
        } catch (SQLException e) {
            return takenBySelected(e, update);
        }
    }

    /**
     * Returns the refusal of a change of selected rows: when no other row holds the value, the selected rows clash
     * among themselves, over the first of them.
     */
    private Outcome takenBySelected(SQLException error, Mutation.UpdateSelected update) throws SQLException {
        TableName table = update.table();
        try {
            return taken(error, table, Optional.empty(), update.columns(), update.values());
        } catch (SQLException sameError) {
            List<String> names = names(update.columns());
            for (Catalog.UniqueIndex index : catalog.uniqueIndexes(session, table)) {
                if (dialect.violation(error) != Dialect.Violation.NONE
                        && index.columns().stream().anyMatch(names::contains)) {
                    return Outcome.refused(new Refusal.UniqueViolation(index.name(), firstKey(update.selection())));
                }
            }
            throw error;
        }
    }

    private Outcome deleteSelected(Mutation.DeleteSelected delete) throws SQLException {
        return Outcome.of(changeSelected(delete.selection(), () -> {
            ShownTable shown = existing.of(delete.table());
            return shown == null ? to("DELETE FROM ", delete.table()) : existing.deletion(shown);
        }));
    }

    private String firstKey(Selection selection) throws SQLException {
        Optional<List<String>> keys = selections.keys(selection);
        if (keys.isPresent()) {
            return keys.get().isEmpty() ? "" : keys.get().get(0);
        }
        SqlWriter sql = dialect.writer();
        SelectionSql.keys(sql, selection, dialect, selections.sources(selection));
        return session.query(sql.toSql(), rows -> rows.next() ? rows.getString(1) : "");
    }

    /** Changes the selected rows, by one statement or by their keys. */
    private long changeSelected(Selection selection, Supplier<SqlWriter> beginning) throws SQLException {
        Optional<List<String>> keys = mended(() -> selections.keys(selection), () -> RequiredColumns.of(selection));
        if (keys.isEmpty()) {
            SqlWriter sql = beginning.get();
            selected(sql, selection);
            return change(sql.toSql(), () -> RequiredColumns.of(selection));
        }
        long rows = 0;
        for (int from = 0; from < keys.get().size(); from += TOGETHER) {
            List<String> some = keys.get()
                    .subList(from, Math.min(from + TOGETHER, keys.get().size()));
            SqlWriter sql = beginning.get();
            named(sql, selection.from(), some);
            rows += change(sql.toSql(), () -> RequiredColumns.of(selection));
        }
        return rows;
    }

    private void named(SqlWriter sql, TableName table, List<String> keys) {
        ShownTable shown = existing.of(table);
        if (shown != null) {
            existing.whereOneOf(sql, shown, keys);
            return;
        }
        sql.add(" WHERE ").name(table.key());
        String separator = " IN (";
        for (String key : keys) {
            sql.add(separator).bind(key);
            separator = ", ";
        }
        sql.add(")");
    }

    private Outcome requireNone(Selection selection) throws SQLException {
        SqlWriter sql = dialect.writer();
        Selection one = new Selection(
                selection.from(),
                selection.joins(),
                List.of(),
                selection.where(),
                List.of(),
                List.of(),
                OptionalLong.of(1));
        Optional<List<String>> keys = mended(() -> selections.keys(one), () -> RequiredColumns.of(one));
        if (keys.isPresent()) {
            return keys.get().isEmpty()
                    ? Outcome.of(0)
                    : Outcome.refused(new Refusal.Found(keys.get().get(0)));
        }
        SelectionSql.keys(sql, one, dialect, selections.sources(one));
        Sql asked = sql.toSql();
        return mended(
                () -> savepoint(() -> session.query(
                        asked,
                        rows -> rows.next() ? Outcome.refused(new Refusal.Found(rows.getString(1))) : Outcome.of(0))),
                () -> RequiredColumns.of(one));
    }

    private Sql revision(Mutation.RequireRevision guard) {
        ShownTable shown = existing.of(guard.table());
        if (shown != null) {
            return existing.revision(shown, guard.id());
        }
        SqlWriter sql = dialect.writer().add("SELECT ").name(TableName.REVISION);
        dialect.table(sql.add(" FROM "), guard.table());
        sql.add(" WHERE ").name(guard.table().key()).add(" = ").bind(guard.id()).add(dialect.sharedLock());
        return sql.toSql();
    }

    private Outcome requireRevision(Mutation.RequireRevision guard) throws SQLException {
        Sql asked = revision(guard);
        OptionalLong found = mended(
                () -> savepoint(() -> session.query(
                        asked, rows -> rows.next() ? OptionalLong.of(rows.getLong(1)) : OptionalLong.empty())),
                () -> RequiredColumns.of(guard.table(), List.of(TableName.REVISION)));
        if (found.isEmpty()) {
            return Outcome.refused(new Refusal.Missing());
        }
        ShownTable shown = existing.of(guard.table());
        if (shown != null && shown.version().isEmpty()) {
            return Outcome.of(0);
        }
        return found.getAsLong() == guard.revision()
                ? Outcome.of(0)
                : Outcome.refused(new Refusal.Stale(found.getAsLong()));
    }

    private Outcome requireFence(Fence fence) throws SQLException {
        SqlWriter sql = dialect.writer().add("SELECT ").name(Fence.COLUMN);
        dialect.table(sql.add(" FROM "), Fence.TABLE);
        sql.add(" WHERE ").name(Fence.TABLE.key()).add(" = ").bind(fence.lock()).add(dialect.sharedLock());
        Sql asked = sql.toSql();
        long newest;
        try {
            if (catalog.locksOneNodeOnly() && marksFence(fence)) {
                return Outcome.of(0);
            }
            newest = mended(
                    () -> savepoint(() -> session.query(asked, rows -> rows.next() ? rows.getLong(1) : 0L)),
                    () -> RequiredColumns.of(Fence.TABLE, List.of(Fence.COLUMN)));
        } catch (SchemaMovedException missing) {
            // Nobody has taken a lock of ours yet.
            newest = 0;
        }
        return newest == fence.token() ? Outcome.of(0) : Outcome.refused(new Refusal.Fenced(newest));
    }

    /** Changes the row of a lock as its holder, so that whoever takes the lock on another node changes the same row. */
    private boolean marksFence(Fence fence) throws SQLException {
        SqlWriter sql = to("UPDATE ", Fence.TABLE);
        sql.add(" SET ")
                .name(Fence.CHANGED)
                .add(" = COALESCE(")
                .name(Fence.CHANGED)
                .add(", 0) + 1 WHERE ");
        sql.name(Fence.TABLE.key()).add(" = ").bind(fence.lock());
        sql.add(" AND ").name(Fence.COLUMN).add(" = ").bind(fence.token());
        return change(sql.toSql(), () -> RequiredColumns.of(Fence.TABLE, List.of(Fence.COLUMN, Fence.CHANGED))) > 0;
    }

    private void selected(SqlWriter sql, Selection selection) {
        ShownTable shown = existing.of(selection.from());
        if (shown != null) {
            Runnable keys = () -> SelectionSql.keys(sql, selection, dialect, selections.sources(selection));
            existing.whereIn(sql, shown, () -> dialect.chosen(sql, selection, keys));
            return;
        }
        sql.add(" WHERE ").name(selection.from().key()).add(" IN (");
        dialect.chosen(sql, selection, () -> SelectionSql.keys(sql, selection, dialect, selections.sources(selection)));
        sql.add(")");
    }

    private void set(SqlWriter sql, TableName table, List<ColumnSchema> columns, Row values) {
        String separator = " SET ";
        for (int i = 0; i < columns.size(); i++) {
            sql.add(separator).name(columns.get(i).name()).add(" = ");
            sql.bind(BindParameter.fixed(dialect.stored(columns.get(i).kind(), values.get(i))));
            separator = ", ";
        }
        if (table.isItems() && !columns.contains(REVISION)) {
            sql.add(separator).name(TableName.REVISION).add(" = ").name(TableName.REVISION);
            sql.add(" + 1");
            if (token.isPresent()) {
                sql.add(", ").name(TableName.TOKEN).add(" = ").bind(token.getAsLong());
            }
        } else if (columns.isEmpty()) {
            sql.add(separator).name(table.key()).add(" = ").name(table.key());
        }
    }

    private static void expect(SqlWriter sql, TableName table, OptionalLong revision) {
        if (revision.isPresent() && table.equals(Fence.TABLE)) {
            // Rows of the original's have no token.
            sql.add(" AND COALESCE(").name(Fence.COLUMN).add(", 0) = ").bind(revision.getAsLong());
        } else if (revision.isPresent()) {
            sql.add(" AND ").name(TableName.REVISION).add(" = ").bind(revision.getAsLong());
        }
    }

    private RequiredColumns needs(TableName table, List<ColumnSchema> columns) {
        List<String> names = namesWithToken(table, columns);
        if (table.isItems()) {
            names.add(TableName.REVISION);
        }
        return RequiredColumns.of(table, names);
    }

    private List<String> namesWithToken(TableName table, List<ColumnSchema> columns) {
        List<String> names = names(columns);
        if (hasToken(table)) {
            names.add(TableName.TOKEN);
        }
        return names;
    }

    private static List<String> names(List<ColumnSchema> columns) {
        List<String> names = new ArrayList<>(columns.size() + 2);
        columns.forEach(column -> names.add(column.name()));
        return names;
    }

    /** Work on the session. */
    private interface Work<T> {
        T run() throws SQLException;
    }

    private long change(Sql sql, Supplier<RequiredColumns> needed) throws SQLException {
        return mended(() -> change(sql), needed);
    }

    /** Runs a statement; when something is not there, either mends it and runs again, or says that the schema moved. */
    private <T> T mended(Work<T> work, Supplier<RequiredColumns> needed) throws SQLException {
        try {
            return work.run();
        } catch (SQLException e) {
            if (!dialect.mayBeMissing(e)) {
                throw e;
            }
            lookable(e);
            RequiredColumns needs = needed.get();
            Optional<TableName> missing = needs.missing(table -> catalog.read(session, table));
            if (missing.isEmpty()) {
                if (dialect.isOfAnotherKind(e)) {
                    throw new SchemaMovedException(needs.first(), e);
                }
                // Somebody has made it between the statement and this look.
                return work.run();
            }
            if (!gainsHidden(missing.get())
                    || needs.missing(table -> catalog.read(session, table)).isPresent()) {
                throw new SchemaMovedException(missing.get(), e);
            }
            return work.run();
        }
    }

    private long change(Sql sql) throws SQLException {
        return savepoint(() -> session.update(sql));
    }

    private interface Statement<T> {
        T run() throws SQLException;
    }

    /** Runs a statement so that what it leaves of the transaction when it fails is what {@link Failing} says. */
    private <T> T savepoint(Statement<T> statement) throws SQLException {
        if (failing != Failing.RETURNS_TO_SAVEPOINT) {
            return statement.run();
        }
        session.execute("SAVEPOINT korm_statement");
        try {
            T answer = statement.run();
            session.execute("RELEASE SAVEPOINT korm_statement");
            return answer;
        } catch (SQLException e) {
            returnTo("korm_statement", e);
            throw e;
        }
    }

    /** Takes back what was done since the savepoint; where that is gone, with its transaction, the error says why. */
    private void returnTo(String savepoint, SQLException error) throws SQLException {
        try {
            session.execute("ROLLBACK TO SAVEPOINT " + savepoint);
            session.execute("RELEASE SAVEPOINT " + savepoint);
        } catch (SQLException gone) {
            error.addSuppressed(gone);
            throw error;
        }
    }

    /** Returns whether looking at the tables tells what the error means. */
    private boolean isExplained(SQLException error) {
        return dialect.violation(error) != Dialect.Violation.NONE || dialect.mayBeMissing(error);
    }

    private void lookable(SQLException error) {
        if (failing == Failing.LOSES_TRANSACTION && isExplained(error)) {
            throw new LookAgain(error);
        }
    }

    private void changeable(TableName table, RequiredColumns needs) throws SQLException {
        Optional<TableName> missing = needs.missing(each -> catalog.read(session, each));
        if (missing.isPresent()) {
            gainsHidden(table);
        }
    }

    /** Gives the table the hidden columns that it lacks, if that is what it lacks. */
    private boolean gainsHidden(TableName table) throws SQLException {
        Optional<TableSchema> schema = catalog.read(session, table);
        if (!table.isItems() || schema.isEmpty() || existing.of(table) != null) {
            return false;
        }
        List<ColumnSchema> wanted = new ArrayList<>(List.of(new ColumnSchema(table.key(), ColumnKind.ID), REVISION));
        if (hasToken(table)) {
            wanted.add(TOKEN);
        }
        if (wanted.stream().allMatch(column -> schema.get().has(column.name()))) {
            return false;
        }
        schemaChanged = true;
        catalog.create(session, new TableSchema(table, wanted, List.of()));
        return true;
    }

    /** Says which row holds a value that must be unique; throws the error again when none does. */
    private Outcome taken(
            SQLException error, TableName table, Optional<String> id, List<ColumnSchema> columns, Row values)
            throws SQLException {
        if (dialect.violation(error) == Dialect.Violation.NONE) {
            throw error;
        }
        lookable(error);
        Optional<Refusal> refusal = refusals.taken(table, id, columns, values);
        if (refusal.isEmpty()) {
            throw error;
        }
        return Outcome.refused(refusal.get());
    }

    private Outcome mark(TransactionMarker marker) throws SQLException {
        Mutation.Insert row = marker.insert();
        Outcome outcome;
        try {
            outcome = insert(row);
        } catch (SchemaMovedException missing) {
            schemaChanged = true;
            catalog.create(session, TransactionMarker.SCHEMA);
            outcome = insert(row);
        }
        return outcome.refusal() instanceof Refusal.Exists ? Outcome.refused(refusals.marked(marker.id())) : outcome;
    }

    /**
     * The outcome of one mutation, or of a run of inserts.
     *
     * @param rows how many rows each changed
     * @param position which of the run was refused
     */
    private record Outcome(
            long rows, int position, @Nullable Refusal refusal) {
        static Outcome of(long rows) {
            return new Outcome(rows, 0, null);
        }

        static Outcome refused(Refusal refusal) {
            return new Outcome(0, 0, refusal);
        }
    }
}
