package dev.korm.jdbc.sql;

import dev.korm.jdbc.sql.text.SqlWriter;
import dev.korm.spi.Fence;
import dev.korm.spi.Mutation;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The texts of statements that insert, change or delete a row, each written once. Safe for many threads. */
public final class RowStatements {
    private static final ColumnSchema REVISION = new ColumnSchema(TableName.REVISION, ColumnKind.INTEGER);

    /** So many are remembered; then all are forgotten. */
    private static final int MOST = 256;

    private final Dialect dialect;
    private final Map<Alike, String> known = new ConcurrentHashMap<>();

    /** The choice of whether the rows get the token of their batch. */
    public enum Tokens {
        WRITTEN,
        NONE
    }

    private enum Verb {
        INSERT,
        UPDATE,
        DELETE
    }

    /**
     * Rows that are changed alike.
     *
     * @param asRead whether a row is changed only under the revision that was read
     */
    private record Alike(Verb verb, TableName table, List<ColumnSchema> columns, Tokens tokens, boolean asRead) {}

    public RowStatements(Dialect dialect) {
        this.dialect = dialect;
    }

    /** Returns the text of an insert; the key is bound first, then the columns, then the token. */
    public String of(Mutation.Insert insert, Tokens tokens) {
        return text(new Alike(Verb.INSERT, insert.table(), insert.columns(), tokens, false));
    }

    /** Returns the text of a change; the columns are bound first, then the token, the key, and the revision where one is expected. */
    public String of(Mutation.Update update, Tokens tokens) {
        boolean asRead = update.expectedRevision().isPresent();
        return text(new Alike(Verb.UPDATE, update.table(), update.columns(), tokens, asRead));
    }

    /** Returns the text of a deletion; the key is bound first, then the revision where one is expected. */
    public String of(Mutation.Delete delete) {
        boolean asRead = delete.expectedRevision().isPresent();
        return text(new Alike(Verb.DELETE, delete.table(), List.of(), Tokens.NONE, asRead));
    }

    /** Returns whether an update adds one to the revision, as it does unless that is among its columns. */
    public static boolean counts(TableName table, List<ColumnSchema> columns) {
        return table.isItems() && !columns.contains(REVISION);
    }

    private String text(Alike key) {
        String text = known.get(key);
        if (text == null) {
            text = switch (key.verb()) {
                case INSERT -> insert(key);
                case UPDATE -> update(key);
                case DELETE -> asRead(to("DELETE FROM ", key.table()), key);
            };
            if (known.size() >= MOST) {
                known.clear();
            }
            known.put(key, text);
        }
        return text;
    }

    private SqlWriter to(String words, TableName table) {
        SqlWriter sql = dialect.writer().add(words);
        dialect.table(sql, table);
        return sql;
    }

    private String insert(Alike key) {
        SqlWriter sql = to("INSERT INTO ", key.table());
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

    private String update(Alike key) {
        TableName table = key.table();
        SqlWriter sql = to("UPDATE ", table);
        String separator = " SET ";
        for (ColumnSchema column : key.columns()) {
            sql.add(separator).name(column.name()).add(" = ?");
            separator = ", ";
        }
        if (counts(table, key.columns())) {
            sql.add(separator).name(TableName.REVISION).add(" = ").name(TableName.REVISION);
            sql.add(" + 1");
            if (key.tokens() == Tokens.WRITTEN) {
                sql.add(", ").name(TableName.TOKEN).add(" = ?");
            }
        } else if (key.columns().isEmpty()) {
            sql.add(separator).name(table.key()).add(" = ").name(table.key());
        }
        return asRead(sql, key);
    }

    private static String asRead(SqlWriter sql, Alike key) {
        sql.add(" WHERE ").name(key.table().key()).add(" = ?");
        if (key.asRead() && key.table().equals(Fence.TABLE)) {
            // Rows of the original's have no token.
            sql.add(" AND COALESCE(").name(Fence.COLUMN).add(", 0) = ?");
        } else if (key.asRead()) {
            sql.add(" AND ").name(TableName.REVISION).add(" = ?");
        }
        return sql.toSql().text();
    }
}
