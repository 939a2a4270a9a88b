package dev.korm.jdbc.write;

import dev.korm.jdbc.existing.ExistingRows;
import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.sql.Dialect;
import dev.korm.jdbc.sql.ShownTable;
import dev.korm.jdbc.sql.text.Sql;
import dev.korm.jdbc.sql.text.SqlWriter;
import dev.korm.spi.Fence;
import dev.korm.spi.Refusal;
import dev.korm.spi.Row;
import dev.korm.spi.TransactionMarker;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks up why a mutation did nothing, among the rows as the session sees them. */
final class Refusals {
    private final Session session;
    private final Dialect dialect;
    private final Catalog catalog;
    private final ExistingRows existing;

    Refusals(Session session, Dialect dialect, Catalog catalog, ExistingRows existing) {
        this.session = session;
        this.dialect = dialect;
        this.catalog = catalog;
        this.existing = existing;
    }

    /** Explains why a row named by its key was not changed. */
    Refusal absent(TableName table, String id) throws SQLException {
        ShownTable shown = existing.of(table);
        if (shown != null) {
            return existing.absent(shown, id);
        }
        boolean locks = table.equals(Fence.TABLE);
        if (!table.isItems() && !locks) {
            return new Refusal.Missing();
        }
        SqlWriter select = dialect.writer().add("SELECT ").name(locks ? Fence.COLUMN : TableName.REVISION);
        dialect.table(select.add(" FROM "), table);
        Sql sql = select.add(" WHERE ").name(table.key()).add(" = ").bind(id).toSql();
        return session.query(sql, rows -> rows.next() ? new Refusal.Stale(rows.getLong(1)) : new Refusal.Missing());
    }

    boolean exists(TableName table, String id) throws SQLException {
        ShownTable shown = existing.of(table);
        if (shown != null) {
            return existing.exists(shown, id);
        }
        SqlWriter select = dialect.writer().add("SELECT 1 FROM ");
        dialect.table(select, table);
        Sql sql = select.add(" WHERE ").name(table.key()).add(" = ").bind(id).toSql();
        return session.query(sql, rows -> rows.next());
    }

    /** Reads what the existing marker says. */
    Refusal marked(String id) throws SQLException {
        TableName table = TransactionMarker.TABLE;
        SqlWriter select = dialect.writer().add("SELECT ").name("state");
        dialect.table(select.add(" FROM "), table);
        Sql sql = select.add(" WHERE ").name(table.key()).add(" = ").bind(id).toSql();
        return session.query(
                sql,
                rows -> rows.next()
                                && TransactionMarker.State.of(rows.getString(1)) == TransactionMarker.State.FORBIDDEN
                        ? new Refusal.Forbidden()
                        : new Refusal.AlreadyApplied());
    }

    /** Finds the row that holds a value that must be unique. */
    Optional<Refusal> taken(TableName table, Optional<String> id, List<ColumnSchema> columns, Row values)
            throws SQLException {
        ShownTable shown = existing.of(table);
        if (shown != null) {
            return existing.taken(shown, id, columns, values);
        }
        Map<String, @Nullable Object> written = new HashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            written.put(columns.get(i).name(), dialect.stored(columns.get(i).kind(), values.get(i)));
        }
        for (Catalog.UniqueIndex index : catalog.uniqueIndexes(session, table)) {
            Optional<String> holder = holder(table, id, index, written);
            if (holder.isPresent()) {
                return Optional.of(new Refusal.UniqueViolation(index.name(), holder.get()));
            }
        }
        return Optional.empty();
    }

    /** Finds another row that holds, in the columns of the index, what was to be written or is already in the row. */
    private Optional<String> holder(
            TableName table, Optional<String> id, Catalog.UniqueIndex index, Map<String, @Nullable Object> written)
            throws SQLException {
        if (index.columns().contains("")) {
            return Optional.empty();
        }
        SqlWriter sql = dialect.writer().add("SELECT ").name(table.key());
        dialect.table(sql.add(" FROM "), table);
        sql.add(" WHERE ");
        String separator = "";
        for (String column : index.columns()) {
            sql.add(separator).name(column).add(" = ");
            Object value = written.get(column);
            if (value != null) {
                sql.bind(value);
            } else if (id.isPresent() && !written.containsKey(column)) {
                dialect.table(sql.add("(SELECT ").name(column).add(" FROM "), table);
                sql.add(" WHERE ").name(table.key()).add(" = ").bind(id.get()).add(")");
            } else {
                return Optional.empty();
            }
            separator = " AND ";
        }
        if (id.isPresent()) {
            sql.add(" AND ").name(table.key()).add(" <> ").bind(id.get());
        }
        return session.query(
                sql.add(" LIMIT 1").toSql(), rows -> rows.next() ? Optional.of(rows.getString(1)) : Optional.empty());
    }
}
