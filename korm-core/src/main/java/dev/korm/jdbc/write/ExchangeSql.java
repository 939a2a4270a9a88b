package dev.korm.jdbc.write;

import dev.korm.jdbc.sql.Dialect;
import dev.korm.jdbc.sql.text.Sql;
import dev.korm.jdbc.sql.text.SqlWriter;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnExchange;

/** The statements by which a column takes the place of another, as all databases have them. */
public final class ExchangeSql {
    private ExchangeSql() {}

    /** Asks for a row that is not ready. Without another name for the table, which a table that is locked would not have. */
    public static Sql unready(Dialect dialect, ColumnExchange exchange) {
        SqlWriter sql = dialect.writer().add("SELECT 1 FROM ");
        dialect.table(sql, exchange.table());
        sql.add(" WHERE (").name(exchange.column()).add(" IS NOT NULL OR ");
        sql.name(exchange.seen()).add(" IS NOT NULL) AND (");
        sql.name(exchange.seen()).add(" IS NULL OR ").name(exchange.seen()).add(" <> ");
        return sql.name(TableName.REVISION).add(") LIMIT 1").toSql();
    }

    /** Gives the column the name of the other. */
    public static Sql rename(Dialect dialect, ColumnExchange exchange) {
        SqlWriter sql = dialect.writer().add("ALTER TABLE ");
        dialect.table(sql, exchange.table());
        return renaming(sql.add(" "), exchange).toSql();
    }

    /** Adds the renaming to an ALTER TABLE. */
    public static SqlWriter renaming(SqlWriter sql, ColumnExchange exchange) {
        return sql.add("RENAME COLUMN ").name(exchange.by()).add(" TO ").name(exchange.column());
    }
}
