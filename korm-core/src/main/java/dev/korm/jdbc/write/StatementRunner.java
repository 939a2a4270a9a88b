package dev.korm.jdbc.write;

import dev.korm.jdbc.existing.ExistingRows;
import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.sql.Dialect;
import dev.korm.jdbc.sql.RequiredColumns;
import dev.korm.jdbc.sql.text.Sql;
import dev.korm.spi.Refusal;
import dev.korm.spi.Row;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.SchemaMovedException;
import dev.korm.spi.schema.TableSchema;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Runs the statements of a batch, so that what a failed one leaves of the transaction is known, and gives items the hidden columns that they lack. A
 * failure that a look at the tables explains becomes a refusal or a moved schema.
 */
final class StatementRunner {
    private static final ColumnSchema REVISION = new ColumnSchema(TableName.REVISION, ColumnKind.INTEGER);
    private static final ColumnSchema TOKEN = new ColumnSchema(TableName.TOKEN, ColumnKind.INTEGER);

    private final Session session;
    private final Dialect dialect;
    private final Catalog catalog;
    private final ExistingRows existing;
    private final BatchWriter.Failing failing;
    private final MutationSql statements;
    private final Refusals refusals;

    /** Whether the transaction has changed the schema. Assigned before it does. */
    private boolean schemaChanged;

    /** Work on the session. */
    interface Work<T> {
        T run() throws SQLException;
    }

    StatementRunner(
            Session session,
            Dialect dialect,
            Catalog catalog,
            ExistingRows existing,
            BatchWriter.Failing failing,
            MutationSql statements,
            Refusals refusals) {
        this.session = session;
        this.dialect = dialect;
        this.catalog = catalog;
        this.existing = existing;
        this.failing = failing;
        this.statements = statements;
        this.refusals = refusals;
    }

    void transactionBegins() {
        schemaChanged = false;
    }

    boolean hasChangedSchema() {
        return schemaChanged;
    }

    /** Makes a table of korm's own within the transaction. */
    void create(TableSchema schema) throws SQLException {
        schemaChanged = true;
        catalog.create(session, schema);
    }

    /** Changes rows, and returns how many. */
    long change(Sql sql, Supplier<RequiredColumns> needed) throws SQLException {
        return run(() -> session.update(sql), needed);
    }

    /** Runs a statement in a savepoint where it needs one, mending what is not there as {@link #mended} does. */
    <T> T run(Work<T> statement, Supplier<RequiredColumns> needed) throws SQLException {
        return mended(() -> savepoint(statement), needed);
    }

    /** Runs a statement; when something is not there, either mends it and runs again, or says that the schema moved. */
    <T> T mended(Work<T> work, Supplier<RequiredColumns> needed) throws SQLException {
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

    /** Runs a statement so that what it leaves of the transaction when it fails is what {@link BatchWriter.Failing} says. */
    private <T> T savepoint(Work<T> statement) throws SQLException {
        if (failing != BatchWriter.Failing.RETURNS_TO_SAVEPOINT) {
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
    void returnTo(String savepoint, SQLException error) throws SQLException {
        try {
            session.execute("ROLLBACK TO SAVEPOINT " + savepoint);
            session.execute("RELEASE SAVEPOINT " + savepoint);
        } catch (SQLException gone) {
            error.addSuppressed(gone);
            throw error;
        }
    }

    /** Returns whether looking at the tables tells what the error means. */
    boolean isExplained(SQLException error) {
        return dialect.violation(error) != Dialect.Violation.NONE || dialect.mayBeMissing(error);
    }

    /** Has the caller roll back and come again where nothing can be looked up after this error. */
    void lookable(SQLException error) {
        if (failing == BatchWriter.Failing.LOSES_TRANSACTION && isExplained(error)) {
            throw new BatchWriter.LookAgain(error);
        }
    }

    /** Gives the table the hidden columns that a change of it needs. */
    void changeable(TableName table, RequiredColumns needs) throws SQLException {
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
        if (statements.hasToken(table)) {
            wanted.add(TOKEN);
        }
        if (wanted.stream().allMatch(column -> schema.get().has(column.name()))) {
            return false;
        }
        create(new TableSchema(table, wanted, List.of()));
        return true;
    }

    /** Says which row holds a value that must be unique; throws the error again when none does. */
    MutationOutcome taken(
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
        return MutationOutcome.refused(refusal.get());
    }
}
