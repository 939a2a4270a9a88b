package dev.korm.jdbc.write;

import dev.korm.jdbc.existing.ExistingRows;
import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.session.StatementTap;
import dev.korm.jdbc.sql.Dialect;
import dev.korm.jdbc.sql.RequiredColumns;
import dev.korm.jdbc.sql.ShownTable;
import dev.korm.spi.Mutation;
import dev.korm.spi.Refusal;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Inserts rows, many into the same columns by one call of the driver where it has one. */
final class InsertRuns {
    /** How many inserts are taken for one run. */
    private static final int TOGETHER = 1000;

    private final Session session;
    private final Dialect dialect;
    private final Catalog catalog;
    private final ExistingRows existing;
    private final BatchWriter.Failing failing;
    private final MutationSql statements;
    private final StatementRunner runner;
    private final Refusals refusals;

    InsertRuns(
            Session session,
            Dialect dialect,
            Catalog catalog,
            ExistingRows existing,
            BatchWriter.Failing failing,
            MutationSql statements,
            StatementRunner runner,
            Refusals refusals) {
        this.session = session;
        this.dialect = dialect;
        this.catalog = catalog;
        this.existing = existing;
        this.failing = failing;
        this.statements = statements;
        this.runner = runner;
        this.refusals = refusals;
    }

    /** Returns the end of a run of inserts into the same columns; one mutation further on for anything else. */
    static int endOfRun(List<Mutation> mutations, int from) {
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

    MutationOutcome insert(Mutation.Insert insert) throws SQLException {
        String text = statements.text(insert);
        try {
            return MutationOutcome.of(runner.run(
                    () -> session.update(text, statement -> bind(statement, insert)),
                    () -> RequiredColumns.of(
                            insert.table(), statements.namesWithToken(insert.table(), insert.columns()))));
        } catch (SQLException e) {
            runner.lookable(e);
            if (dialect.violation(e) != Dialect.Violation.NONE && refusals.exists(insert.table(), insert.id())) {
                return MutationOutcome.refused(new Refusal.Exists());
            }
            return runner.taken(e, insert.table(), Optional.of(insert.id()), insert.columns(), insert.values());
        }
    }

    /** Inserts many rows into the same columns, and looks for the reason once one of them does not go in. */
    MutationOutcome insertAll(List<Mutation> run) throws SQLException {
        int done = failing == BatchWriter.Failing.LEAVES_TRANSACTION ? insertWhileTheyGoIn(run) : insertTogether(run);
        for (int i = done; i < run.size(); i++) {
            MutationOutcome outcome = insert((Mutation.Insert) run.get(i));
            if (outcome.refusal() != null) {
                return new MutationOutcome(0, i, outcome.refusal());
            }
        }
        return MutationOutcome.of(1);
    }

    /**
     * Inserts rows until one is refused, and returns how many went in. They stay when the next one fails: a savepoint
     * to take them back to would have SQLite copy each page before it is changed.
     */
    private int insertWhileTheyGoIn(List<Mutation> run) throws SQLException {
        String text = statements.text((Mutation.Insert) run.get(0));
        int done = 0;
        StatementTap.Sent sent = session.tap().begin(text);
        try {
            PreparedStatement statement = session.prepare(text);
            for (Mutation mutation : run) {
                bind(statement, (Mutation.Insert) mutation);
                session.changes();
                session.waiting(statement, statement::executeLargeUpdate);
                done++;
            }
            statement.clearParameters();
            StatementTap.ended(sent, done, null);
        } catch (SQLException e) {
            StatementTap.ended(sent, done, e);
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
        boolean savepoint = doubted || failing == BatchWriter.Failing.RETURNS_TO_SAVEPOINT;
        if (savepoint) {
            session.execute("SAVEPOINT korm_rows");
        }
        String text = statements.text((Mutation.Insert) run.get(0));
        StatementTap.Sent sent = session.tap().begin(text);
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
            StatementTap.ended(sent, run.size(), null);
            if (doubted) {
                catalog.requireTransaction(session);
            }
        } catch (SQLException e) {
            StatementTap.ended(sent, -1, e);
            session.failed(text, e);
            runner.lookable(e);
            if (!runner.isExplained(e)) {
                throw e;
            }
            runner.returnTo("korm_rows", e);
            return 0;
        }
        if (savepoint) {
            session.execute("RELEASE SAVEPOINT korm_rows");
        }
        return run.size();
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
        if (statements.hasToken(insert.table())) {
            statement.setLong(columns + 2, statements.token().getAsLong());
        }
    }
}
