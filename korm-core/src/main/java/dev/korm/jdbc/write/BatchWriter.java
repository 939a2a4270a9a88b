package dev.korm.jdbc.write;

import dev.korm.jdbc.existing.ExistingRows;
import dev.korm.jdbc.session.Detour;
import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.sql.Dialect;
import dev.korm.jdbc.sql.RequiredColumns;
import dev.korm.jdbc.sql.RowStatements;
import dev.korm.jdbc.sql.Selections;
import dev.korm.jdbc.sql.ShownTable;
import dev.korm.jdbc.sql.text.Sql;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Fence;
import dev.korm.spi.Mutation;
import dev.korm.spi.Refusal;
import dev.korm.spi.TransactionMarker;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.SchemaMovedException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Applies batches on one session, within a transaction that its caller begins and ends. For one thread at a time.
 *
 * <p>Each mutation is one statement; why it did not work is looked up only when it did not.
 */
public final class BatchWriter {
    private final Session session;
    private final Dialect dialect;
    private final Catalog catalog;
    private final Selections selections;
    private final SchemaGuard guard;
    private final Refusals refusals;

    /** Those of tables that korm did not make. */
    private final ExistingRows existing;

    private final MutationSql statements;
    private final StatementRunner runner;
    private final InsertRuns inserts;

    /** Made when it is first needed, which hardly any batch does. */
    private @Nullable SelectedChanges selected;

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
            RowStatements rows,
            ExistingRows existing,
            Failing failing) {
        this.session = session;
        this.dialect = dialect;
        this.catalog = catalog;
        this.selections = selections;
        this.existing = existing;
        this.guard = guard;
        this.refusals = new Refusals(session, dialect, catalog, existing);
        this.statements = new MutationSql(dialect, selections, rows, existing);
        this.runner = new StatementRunner(session, dialect, catalog, existing, failing, statements, refusals);
        this.inserts = new InsertRuns(session, dialect, catalog, existing, failing, statements, runner, refusals);
    }

    private SelectedChanges selected() {
        SelectedChanges made = selected;
        if (made == null) {
            made = new SelectedChanges(session, dialect, catalog, selections, statements, runner);
            selected = made;
        }
        return made;
    }

    /** Takes note that its caller has begun a transaction, or does without one. */
    public void transactionBegins() {
        runner.transactionBegins();
    }

    /**
     * Applies the batch. When it is refused, or when this throws, the caller has to roll back.
     *
     * @throws SchemaMovedException when a table or column is not there, or not as the batch says
     */
    public BatchResult apply(Batch batch) throws SQLException {
        List<Mutation> mutations = batch.mutations();
        ValueSizes.require(mutations, dialect.largestText());
        statements.token(batch.token());
        if (runner.hasChangedSchema()) {
            guard.checkAfterSchemaChange(session, mutations);
        } else {
            guard.check(session, mutations);
        }
        if (batch.marker().isPresent()) {
            MutationOutcome outcome = mark(batch.marker().get());
            if (outcome.refusal() != null) {
                return new BatchResult.Refused(BatchResult.Refused.MARKER, outcome.refusal());
            }
        }
        List<Long> rows = new ArrayList<>(mutations.size());
        int position = 0;
        while (position < mutations.size()) {
            int end = InsertRuns.endOfRun(mutations, position);
            MutationOutcome outcome = applied(mutations.subList(position, end));
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

    private MutationOutcome applied(List<Mutation> run) throws SQLException {
        try {
            return run.size() > 1 ? inserts.insertAll(run) : apply(run.get(0));
        } catch (SQLException e) {
            ShownTable shown = existing.of(run.get(0).table());
            if (shown != null) {
                existing.requireRules(shown, run.get(0), e);
            }
            throw e;
        }
    }

    private MutationOutcome apply(Mutation mutation) throws SQLException {
        if (mutation instanceof Mutation.Insert insert) {
            return inserts.insert(insert);
        }
        if (mutation instanceof Mutation.Update update) {
            return update(update);
        }
        if (mutation instanceof Mutation.Delete delete) {
            return delete(delete);
        }
        if (mutation instanceof Mutation.UpdateSelected update) {
            return selected().update(update);
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
        return selected().delete((Mutation.DeleteSelected) mutation);
    }

    private MutationOutcome update(Mutation.Update update) throws SQLException {
        TableName table = update.table();
        Sql sql = statements.update(update);
        try {
            long rows = runner.change(sql, () -> statements.needs(table, update.columns()));
            return rows == 0 ? MutationOutcome.refused(refusals.absent(table, update.id())) : MutationOutcome.of(rows);
        } catch (SQLException e) {
            return runner.taken(e, table, Optional.of(update.id()), update.columns(), update.values());
        }
    }

    private MutationOutcome delete(Mutation.Delete delete) throws SQLException {
        TableName table = delete.table();
        long rows = runner.change(
                statements.delete(delete),
                () -> delete.expectedRevision().isPresent()
                        ? statements.needs(table, List.of())
                        : RequiredColumns.of(table, List.of()));
        return rows == 0 ? MutationOutcome.refused(refusals.absent(table, delete.id())) : MutationOutcome.of(rows);
    }

    private MutationOutcome requireNone(Selection selection) throws SQLException {
        Selection one = new Selection(
                selection.from(),
                selection.joins(),
                List.of(),
                selection.where(),
                List.of(),
                List.of(),
                OptionalLong.of(1));
        Optional<List<String>> keys = runner.mended(() -> selections.keys(one), () -> RequiredColumns.of(one));
        if (keys.isPresent()) {
            return keys.get().isEmpty()
                    ? MutationOutcome.of(0)
                    : MutationOutcome.refused(new Refusal.Found(keys.get().get(0)));
        }
        Sql asked = statements.keys(one);
        return runner.run(
                () -> session.query(
                        asked,
                        rows -> rows.next()
                                ? MutationOutcome.refused(new Refusal.Found(rows.getString(1)))
                                : MutationOutcome.of(0)),
                () -> RequiredColumns.of(one));
    }

    private MutationOutcome requireRevision(Mutation.RequireRevision guard) throws SQLException {
        Sql asked = statements.revision(guard);
        OptionalLong found = runner.run(
                () -> session.query(
                        asked, rows -> rows.next() ? OptionalLong.of(rows.getLong(1)) : OptionalLong.empty()),
                () -> RequiredColumns.of(guard.table(), List.of(TableName.REVISION)));
        if (found.isEmpty()) {
            return MutationOutcome.refused(new Refusal.Missing());
        }
        ShownTable shown = existing.of(guard.table());
        if (shown != null && shown.version().isEmpty()) {
            return MutationOutcome.of(0);
        }
        return found.getAsLong() == guard.revision()
                ? MutationOutcome.of(0)
                : MutationOutcome.refused(new Refusal.Stale(found.getAsLong()));
    }

    private MutationOutcome requireFence(Fence fence) throws SQLException {
        Sql asked = statements.newestToken(fence);
        long newest;
        try {
            if (catalog.locksOneNodeOnly() && marksFence(fence)) {
                return MutationOutcome.of(0);
            }
            newest = runner.run(
                    () -> session.query(asked, rows -> rows.next() ? rows.getLong(1) : 0L),
                    () -> RequiredColumns.of(Fence.TABLE, List.of(Fence.COLUMN)));
        } catch (SchemaMovedException missing) {
            // Nobody has taken a lock of ours yet.
            newest = 0;
        }
        return newest == fence.token() ? MutationOutcome.of(0) : MutationOutcome.refused(new Refusal.Fenced(newest));
    }

    /** Changes the row of a lock as its holder, so that whoever takes the lock on another node changes the same row. */
    private boolean marksFence(Fence fence) throws SQLException {
        return runner.change(
                        statements.marksFence(fence),
                        () -> RequiredColumns.of(Fence.TABLE, List.of(Fence.COLUMN, Fence.CHANGED)))
                > 0;
    }

    private MutationOutcome mark(TransactionMarker marker) throws SQLException {
        Mutation.Insert row = marker.insert();
        MutationOutcome outcome;
        try {
            outcome = inserts.insert(row);
        } catch (SchemaMovedException missing) {
            runner.create(TransactionMarker.SCHEMA);
            outcome = inserts.insert(row);
        }
        return outcome.refusal() instanceof Refusal.Exists
                ? MutationOutcome.refused(refusals.marked(marker.id()))
                : outcome;
    }
}
