package dev.korm.jdbc.write;

import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.sql.Dialect;
import dev.korm.jdbc.sql.RequiredColumns;
import dev.korm.jdbc.sql.Selections;
import dev.korm.jdbc.sql.text.SqlWriter;
import dev.korm.spi.Mutation;
import dev.korm.spi.Refusal;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Changes and deletes the rows that a selection chooses, by one statement or by their keys. */
final class SelectedChanges {
    /** How many keys are named by one statement. */
    private static final int TOGETHER = 1000;

    private final Session session;
    private final Dialect dialect;
    private final Catalog catalog;
    private final Selections selections;
    private final MutationSql statements;
    private final StatementRunner runner;

    SelectedChanges(
            Session session,
            Dialect dialect,
            Catalog catalog,
            Selections selections,
            MutationSql statements,
            StatementRunner runner) {
        this.session = session;
        this.dialect = dialect;
        this.catalog = catalog;
        this.selections = selections;
        this.statements = statements;
        this.runner = runner;
    }

    MutationOutcome update(Mutation.UpdateSelected update) throws SQLException {
        TableName table = update.table();
        try {
            runner.changeable(table, statements.needs(table, update.columns()));
            return MutationOutcome.of(change(update.selection(), () -> statements.begun(update)));
        } catch (SQLException e) {
            return taken(e, update);
        }
    }

    /**
     * Returns the refusal of a change of selected rows: when no other row holds the value, the selected rows clash
     * among themselves, over the first of them.
     */
    private MutationOutcome taken(SQLException error, Mutation.UpdateSelected update) throws SQLException {
        TableName table = update.table();
        try {
            return runner.taken(error, table, Optional.empty(), update.columns(), update.values());
        } catch (SQLException sameError) {
            List<String> names = MutationSql.names(update.columns());
            for (Catalog.UniqueIndex index : catalog.uniqueIndexes(session, table)) {
                if (dialect.violation(error) != Dialect.Violation.NONE
                        && index.columns().stream().anyMatch(names::contains)) {
                    return MutationOutcome.refused(
                            new Refusal.UniqueViolation(index.name(), firstKey(update.selection())));
                }
            }
            throw error;
        }
    }

    MutationOutcome delete(Mutation.DeleteSelected delete) throws SQLException {
        return MutationOutcome.of(change(delete.selection(), () -> statements.begun(delete)));
    }

    private String firstKey(Selection selection) throws SQLException {
        Optional<List<String>> keys = selections.keys(selection);
        if (keys.isPresent()) {
            return keys.get().isEmpty() ? "" : keys.get().get(0);
        }
        return session.query(statements.keys(selection), rows -> rows.next() ? rows.getString(1) : "");
    }

    /** Changes the selected rows, by one statement or by their keys. */
    private long change(Selection selection, Supplier<SqlWriter> beginning) throws SQLException {
        Optional<List<String>> keys =
                runner.mended(() -> selections.keys(selection), () -> RequiredColumns.of(selection));
        if (keys.isEmpty()) {
            SqlWriter sql = beginning.get();
            statements.selected(sql, selection);
            return runner.change(sql.toSql(), () -> RequiredColumns.of(selection));
        }
        long rows = 0;
        for (int from = 0; from < keys.get().size(); from += TOGETHER) {
            List<String> some = keys.get()
                    .subList(from, Math.min(from + TOGETHER, keys.get().size()));
            SqlWriter sql = beginning.get();
            statements.named(sql, selection.from(), some);
            rows += runner.change(sql.toSql(), () -> RequiredColumns.of(selection));
        }
        return rows;
    }
}
