package dev.korm.jdbc.postgres;

import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.sql.text.Sql;
import dev.korm.jdbc.sql.text.SqlWriter;
import dev.korm.spi.query.TableName;
import java.sql.SQLException;
import java.util.Optional;

/**
 * An empty table that a transaction has to itself until it ends, without its key meanwhile: an index that is made of all rows at once takes a fraction of what it takes to keep one while rows come in any order. Nobody sees the
 * table without its key, and it has it again where the transaction ends in any other way. For one thread.
 */
final class SoleUse {
    private final Session session;
    private final PostgresDialect dialect;
    private final TableName table;
    private final String constraint;

    private SoleUse(Session session, PostgresDialect dialect, TableName table, String constraint) {
        this.session = session;
        this.dialect = dialect;
        this.table = table;
        this.constraint = constraint;
    }

    /**
     * Takes a table, within a transaction of the session that has done nothing yet; waits for nobody.
     *
     * @return nothing where somebody is using it, it has rows, or the database lets nobody change it so; then nothing has changed
     */
    static Optional<SoleUse> of(Session session, PostgresNames names, PostgresDialect dialect, TableName table)
            throws SQLException {
        // A transaction of another level has one snapshot from its first look on, which such rows could not be hidden
        // from.
        session.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
        session.execute("SAVEPOINT korm_load");
        boolean taken = false;
        try {
            session.execute(statement(dialect, "LOCK TABLE ", table)
                    .add(" IN ACCESS EXCLUSIVE MODE NOWAIT")
                    .toSql()
                    .text());
            Optional<String> constraint = constraint(session, names, table);
            if (constraint.isEmpty() || hasRows(session, dialect, table)) {
                return Optional.empty();
            }
            // Rows of a table that was emptied in this transaction are written as those that everybody sees, so none is
            // written again later.
            session.execute(statement(dialect, "TRUNCATE ", table).toSql().text());
            session.execute(statement(dialect, "ALTER TABLE ", table)
                    .add(" DROP CONSTRAINT ")
                    .name(constraint.get())
                    .toSql()
                    .text());
            taken = true;
            return Optional.of(new SoleUse(session, dialect, table, constraint.get()));
        } catch (SQLException refused) {
            // It is loaded as it is. A lost connection refuses what follows, too.
            return Optional.empty();
        } finally {
            session.execute(taken ? "RELEASE SAVEPOINT korm_load" : "ROLLBACK TO SAVEPOINT korm_load");
        }
    }

    private static SqlWriter statement(PostgresDialect dialect, String verb, TableName table) {
        SqlWriter sql = dialect.writer().add(verb);
        dialect.table(sql, table);
        return sql;
    }

    /** Returns the name of the key's constraint; nothing where the table is none that korm makes, or something is to happen with each row. */
    private static Optional<String> constraint(Session session, PostgresNames names, TableName table)
            throws SQLException {
        Sql sql = Sql.of(
                "SELECT k.conname FROM pg_catalog.pg_class AS c"
                        + " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
                        + " JOIN pg_catalog.pg_constraint AS k ON k.conrelid = c.oid AND k.contype = 'p'"
                        + " JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND CAST(ARRAY[a.attnum] AS int2[]) = k.conkey"
                        + " WHERE n.nspname = ? AND c.relname = ? AND c.relkind = 'r' AND NOT c.relhastriggers AND a.attname = ?",
                names.plainSchema(),
                PostgresNames.table(table),
                table.key());
        return session.query(sql, rows -> rows.next() ? Optional.of(rows.getString(1)) : Optional.empty());
    }

    private static boolean hasRows(Session session, PostgresDialect dialect, TableName table) throws SQLException {
        Sql sql = statement(dialect, "SELECT 1 FROM ", table).add(" LIMIT 1").toSql();
        return session.query(sql, rows -> rows.next());
    }

    /**
     * Gives the table its key.
     *
     * @throws SQLException when an id is there twice, as it is told where rows come one by one
     */
    void end() throws SQLException {
        session.execute(statement(dialect, "ALTER TABLE ", table)
                .add(" ADD CONSTRAINT ")
                .name(constraint)
                .add(" PRIMARY KEY (")
                .name(table.key())
                .add(")")
                .toSql()
                .text());
    }
}
