package dev.korm.jdbc.sql;

import dev.korm.jdbc.sql.text.SqlWriter;
import dev.korm.spi.Mutation;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The texts of statements that insert a row, each written once. Safe for many threads. */
public final class InsertStatements {
    /** So many are remembered; then all are forgotten. */
    private static final int MOST = 256;

    private final Dialect dialect;
    private final Map<Columns, String> known = new ConcurrentHashMap<>();

    /** The choice of whether the rows get the token of their batch. */
    public enum Tokens {
        WRITTEN,
        NONE
    }

    /** Rows inserted alike. */
    private record Columns(TableName table, List<ColumnSchema> columns, Tokens tokens) {}

    public InsertStatements(Dialect dialect) {
        this.dialect = dialect;
    }

    /** Returns the text; the key is bound first, then the columns, then the token. */
    public String of(Mutation.Insert insert, Tokens tokens) {
        Columns key = new Columns(insert.table(), insert.columns(), tokens);
        String text = known.get(key);
        if (text == null) {
            text = write(key);
            if (known.size() >= MOST) {
                known.clear();
            }
            known.put(key, text);
        }
        return text;
    }

    private String write(Columns key) {
        SqlWriter sql = dialect.writer().add("INSERT INTO ");
        dialect.table(sql, key.table());
        sql.add(" (").name(key.table().key());
        key.columns().forEach(column -> sql.add(", ").name(column.name()));
        int more = key.columns().size();
        if (key.tokens() == Tokens.WRITTEN) {
            sql.add(", ").name(TableName.TOKEN);
            more++;
        }
        sql.add(") VALUES (?").add(", ?".repeat(more)).add(")");
        return sql.toSql().text();
    }
}
