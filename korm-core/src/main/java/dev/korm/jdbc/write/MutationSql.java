package dev.korm.jdbc.write;

import dev.korm.jdbc.existing.ExistingRows;
import dev.korm.jdbc.sql.Dialect;
import dev.korm.jdbc.sql.RequiredColumns;
import dev.korm.jdbc.sql.RowStatements;
import dev.korm.jdbc.sql.RowStatements.Tokens;
import dev.korm.jdbc.sql.SelectionSql;
import dev.korm.jdbc.sql.Selections;
import dev.korm.jdbc.sql.ShownTable;
import dev.korm.jdbc.sql.text.BindParameter;
import dev.korm.jdbc.sql.text.Sql;
import dev.korm.jdbc.sql.text.SqlWriter;
import dev.korm.spi.Fence;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Writes mutations as statements of the dialect, and names what these need to be there. */
final class MutationSql {
    /** Fewer values, and so short a text, are no database's limit. */
    private static final int MANY = 100;

    private final Dialect dialect;
    private final Selections selections;
    private final RowStatements rows;
    private final ExistingRows existing;
    private OptionalLong token = OptionalLong.empty();

    MutationSql(Dialect dialect, Selections selections, RowStatements rows, ExistingRows existing) {
        this.dialect = dialect;
        this.selections = selections;
        this.rows = rows;
        this.existing = existing;
    }

    /** Takes the token of the batch whose mutations come next: items they write get it. */
    void token(OptionalLong of) {
        token = of;
    }

    OptionalLong token() {
        return token;
    }

    /** Returns whether rows of the table get the batch's token. */
    boolean hasToken(TableName table) {
        return token.isPresent() && table.isItems();
    }

    private Tokens tokens(TableName table) {
        return hasToken(table) ? Tokens.WRITTEN : Tokens.NONE;
    }

    /** Returns the text by which rows go into the columns of one. */
    String text(Mutation.Insert insert) {
        ShownTable shown = existing.of(insert.table());
        if (shown != null) {
            return existing.insert(shown, insert.columns());
        }
        return rows.of(insert, tokens(insert.table()));
    }

    /** Returns a statement that begins with some words and a table. */
    private SqlWriter to(String words, TableName table) {
        SqlWriter sql = dialect.writer().add(words);
        dialect.table(sql, table);
        return sql;
    }

    Sql update(Mutation.Update update) {
        TableName table = update.table();
        ShownTable shown = existing.of(table);
        if (shown != null) {
            return existing.update(shown, update);
        }
        List<ColumnSchema> columns = update.columns();
        List<BindParameter> bound = new ArrayList<>(columns.size() + 3);
        for (int i = 0; i < columns.size(); i++) {
            bound.add(stored(columns.get(i), update.values().get(i)));
        }
        boolean counts = RowStatements.counts(table, columns);
        if (counts && token.isPresent()) {
            bound.add(BindParameter.fixed(token.getAsLong()));
        }
        return asRead(rows.of(update, tokens(table)), bound, update.id(), update.expectedRevision());
    }

    Sql delete(Mutation.Delete delete) {
        TableName table = delete.table();
        ShownTable shown = existing.of(table);
        if (shown != null) {
            return existing.delete(shown, delete);
        }
        return asRead(rows.of(delete), new ArrayList<>(2), delete.id(), delete.expectedRevision());
    }

    private Sql asRead(String text, List<BindParameter> bound, String id, OptionalLong revision) {
        bound.add(BindParameter.fixed(id));
        if (revision.isPresent()) {
            bound.add(BindParameter.fixed(revision.getAsLong()));
        }
        Sql sql = new Sql(text, bound);
        // The limits of the database are looked at where they may be reached: by a row of very many columns.
        return bound.size() > MANY ? dialect.writer().add(sql).toSql() : sql;
    }

    private BindParameter stored(ColumnSchema column, @Nullable Object value) {
        return BindParameter.fixed(dialect.stored(column.kind(), value));
    }

    /** Returns the beginning of a statement that changes rows, as far as its condition. */
    SqlWriter begun(Mutation.UpdateSelected update) {
        TableName table = update.table();
        ShownTable shown = existing.of(table);
        if (shown != null) {
            return existing.begun(shown, update.columns(), update.values());
        }
        SqlWriter sql = to("UPDATE ", table);
        set(sql, table, update.columns(), update.values());
        return sql;
    }

    /** Returns the beginning of a statement that deletes rows, as far as its condition. */
    SqlWriter begun(Mutation.DeleteSelected delete) {
        ShownTable shown = existing.of(delete.table());
        return shown == null ? to("DELETE FROM ", delete.table()) : existing.deletion(shown);
    }

    /** Adds the condition that rows have one of some keys. */
    void named(SqlWriter sql, TableName table, List<String> keys) {
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

    /** Adds the condition that rows are selected. */
    void selected(SqlWriter sql, Selection selection) {
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

    /** Returns the question for the keys of selected rows. */
    Sql keys(Selection selection) {
        SqlWriter sql = dialect.writer();
        SelectionSql.keys(sql, selection, dialect, selections.sources(selection));
        return sql.toSql();
    }

    /** Returns the question for the revision of a row, which stays as it is until the transaction ends. */
    Sql revision(Mutation.RequireRevision guard) {
        ShownTable shown = existing.of(guard.table());
        if (shown != null) {
            return existing.revision(shown, guard.id());
        }
        SqlWriter sql = dialect.writer().add("SELECT ").name(TableName.REVISION);
        dialect.table(sql.add(" FROM "), guard.table());
        sql.add(" WHERE ").name(guard.table().key()).add(" = ").bind(guard.id()).add(dialect.sharedLock());
        return sql.toSql();
    }

    /** Returns the question for the newest token of a lock, which stays as it is until the transaction ends. */
    Sql newestToken(Fence fence) {
        SqlWriter sql = dialect.writer().add("SELECT ").name(Fence.COLUMN);
        dialect.table(sql.add(" FROM "), Fence.TABLE);
        sql.add(" WHERE ").name(Fence.TABLE.key()).add(" = ").bind(fence.lock()).add(dialect.sharedLock());
        return sql.toSql();
    }

    /** Returns a change of a lock's row that is made only while the token is the newest. */
    Sql marksFence(Fence fence) {
        SqlWriter sql = to("UPDATE ", Fence.TABLE);
        sql.add(" SET ")
                .name(Fence.CHANGED)
                .add(" = COALESCE(")
                .name(Fence.CHANGED)
                .add(", 0) + 1 WHERE ");
        sql.name(Fence.TABLE.key()).add(" = ").bind(fence.lock());
        sql.add(" AND ").name(Fence.COLUMN).add(" = ").bind(fence.token());
        return sql.toSql();
    }

    private void set(SqlWriter sql, TableName table, List<ColumnSchema> columns, Row values) {
        String separator = " SET ";
        for (int i = 0; i < columns.size(); i++) {
            sql.add(separator).name(columns.get(i).name()).add(" = ");
            sql.bind(stored(columns.get(i), values.get(i)));
            separator = ", ";
        }
        if (RowStatements.counts(table, columns)) {
            sql.add(separator).name(TableName.REVISION).add(" = ").name(TableName.REVISION);
            sql.add(" + 1");
            if (token.isPresent()) {
                sql.add(", ").name(TableName.TOKEN).add(" = ").bind(token.getAsLong());
            }
        } else if (columns.isEmpty()) {
            sql.add(separator).name(table.key()).add(" = ").name(table.key());
        }
    }

    /** Returns what has to be there for a change of items to be made under a revision. */
    RequiredColumns needs(TableName table, List<ColumnSchema> columns) {
        List<String> names = namesWithToken(table, columns);
        if (table.isItems()) {
            names.add(TableName.REVISION);
        }
        return RequiredColumns.of(table, names);
    }

    List<String> namesWithToken(TableName table, List<ColumnSchema> columns) {
        List<String> names = names(columns);
        if (hasToken(table)) {
            names.add(TableName.TOKEN);
        }
        return names;
    }

    static List<String> names(List<ColumnSchema> columns) {
        List<String> names = new ArrayList<>(columns.size() + 2);
        columns.forEach(column -> names.add(column.name()));
        return names;
    }
}
