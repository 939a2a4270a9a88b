package dev.korm.jdbc.existing;

import dev.korm.ReferencedException;
import dev.korm.Rn;
import dev.korm.ValueException;
import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.sql.Dialect;
import dev.korm.jdbc.sql.ShownTable;
import dev.korm.jdbc.sql.text.BindParameter;
import dev.korm.jdbc.sql.text.Sql;
import dev.korm.jdbc.sql.text.SqlWriter;
import dev.korm.spi.Mutation;
import dev.korm.spi.Refusal;
import dev.korm.spi.Row;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Writes rows of tables that korm did not make. For one thread at a time. */
public final class ExistingRows {
    private final Session session;
    private final Dialect dialect;
    private final ExistingCatalog catalog;
    private final String layer;

    /** @param layer its name, by which references name it */
    public ExistingRows(Session session, Dialect dialect, ExistingCatalog catalog, String layer) {
        this.session = session;
        this.dialect = dialect;
        this.catalog = catalog;
        this.layer = layer;
    }

    /** Returns a table that korm did not make; null where it is korm's own. */
    public @Nullable ShownTable of(TableName table) {
        return catalog.shown().of(table);
    }

    /** Returns the statement that inserts rows with such columns. */
    public String insert(ShownTable table, List<ColumnSchema> columns) {
        SqlWriter sql = dialect.writer().add("INSERT INTO ");
        table.name(sql);
        Map<String, ShownTable.Place> named = new LinkedHashMap<>();
        for (ColumnSchema column : columns) {
            written(table, column).forEach(place -> named.putIfAbsent(place.name(), place));
        }
        List<ShownTable.Place> written = List.copyOf(named.values());
        String separator = " (";
        for (ShownTable.Place place : written) {
            sql.add(separator).foreignName(place.name());
            separator = ", ";
        }
        sql.add(") VALUES ");
        separator = "(";
        for (ShownTable.Place place : written) {
            sql.add(separator);
            ShownTable.placeholder(sql, place, BindParameter.fixed(null));
            separator = ", ";
        }
        return sql.add(")").toSql().text();
    }

    private static List<ShownTable.Place> written(ShownTable table, ColumnSchema column) {
        return column.name().equals(TableName.REVISION)
                ? table.version().map(List::of).orElse(List.of())
                : table.written(column.name());
    }

    private List<@Nullable Object> values(ShownTable table, ColumnSchema column, @Nullable Object value) {
        if (!column.name().equals(TableName.REVISION)) {
            return table.values(column.name(), value, layer, dialect);
        }
        List<@Nullable Object> revision = new ArrayList<>();
        table.version().ifPresent(place -> revision.add(value));
        return revision;
    }

    public void bind(PreparedStatement statement, ShownTable table, Mutation.Insert insert) throws SQLException {
        int position = 1;
        for (Object value : byColumn(table, insert.columns(), insert.values()).values()) {
            statement.setObject(position++, value);
        }
    }

    /** Returns the values by column, of which two fields may share one: a part of a key that is a reference too. */
    private Map<String, @Nullable Object> byColumn(ShownTable table, List<ColumnSchema> columns, Row values) {
        Map<String, @Nullable Object> byColumn = new LinkedHashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            List<ShownTable.Place> places = written(table, columns.get(i));
            List<@Nullable Object> its = values(table, columns.get(i), values.get(i));
            for (int part = 0; part < places.size(); part++) {
                String name = places.get(part).name();
                Object value = its.get(part);
                Object other = byColumn.get(name);
                if (other != null && value != null && !isSame(other, value)) {
                    throw new ValueException("The fields of a row of "
                            + table.table().name() + " that share the column " + name + " have different values");
                }
                byColumn.put(name, other == null ? value : other);
            }
        }
        return byColumn;
    }

    private static boolean isSame(Object one, Object other) {
        boolean numbers = one instanceof Number && other instanceof Number;
        return numbers ? ((Number) one).longValue() == ((Number) other).longValue() : one.equals(other);
    }

    /** Checks that a row's key is what its columns say. */
    public static void requireKey(ShownTable table, Mutation.Insert insert) {
        if (!insert.id().startsWith("=")) {
            throw new ValueException("The item " + insert.id() + " cannot be stored as a row of "
                    + table.table().name()
                    + ": its id is not the key of a row. Make it by fromData, of the record with the @Table");
        }
    }

    public Sql update(ShownTable table, Mutation.Update update) {
        SqlWriter sql = begun(table, update.columns(), update.values());
        where(sql, table, update.id());
        expect(sql, table, update.expectedRevision());
        return sql.toSql();
    }

    /** Returns the beginning of a statement that changes columns. */
    public SqlWriter begun(ShownTable table, List<ColumnSchema> columns, Row values) {
        SqlWriter sql = dialect.writer().add("UPDATE ");
        table.name(sql);
        String separator = " SET ";
        boolean raised = columns.stream().anyMatch(column -> column.name().equals(TableName.REVISION));
        Map<String, ShownTable.Place> places = new LinkedHashMap<>();
        columns.forEach(column -> written(table, column).forEach(place -> places.putIfAbsent(place.name(), place)));
        Map<String, @Nullable Object> byColumn = byColumn(table, columns, values);
        for (ShownTable.Place place : places.values()) {
            if (table.key().stream().anyMatch(part -> part.name().equals(place.name()))) {
                throw new ValueException("A row of " + table.table().name() + " cannot be changed in the column "
                        + place.name() + ", which is its key. Delete it, and create another");
            }
            sql.add(separator).foreignName(place.name()).add(" = ");
            ShownTable.placeholder(sql, place, BindParameter.fixed(byColumn.get(place.name())));
            separator = ", ";
        }
        Optional<ShownTable.Place> version = table.version();
        if (version.isPresent() && !raised) {
            sql.add(separator).foreignName(version.get().name()).add(" = ");
            sql.foreignName(version.get().name()).add(" + 1");
        } else if (separator.equals(" SET ")) {
            String key = table.key().get(0).name();
            sql.add(separator).foreignName(key).add(" = ").foreignName(key);
        }
        return sql;
    }

    public Sql delete(ShownTable table, Mutation.Delete delete) {
        SqlWriter sql = deletion(table);
        where(sql, table, delete.id());
        expect(sql, table, delete.expectedRevision());
        return sql.toSql();
    }

    /** Returns the beginning of a statement that deletes rows. */
    public SqlWriter deletion(ShownTable table) {
        SqlWriter sql = dialect.writer().add("DELETE FROM ");
        table.name(sql);
        return sql;
    }

    /** Writes the condition that a row is among those that a query returns the keys of. */
    public void whereIn(SqlWriter sql, ShownTable table, Runnable keys) {
        String separator = " WHERE (";
        for (ShownTable.Place place : table.key()) {
            sql.add(separator).foreignName(place.name());
            separator = ", ";
        }
        sql.add(") IN (");
        keys.run();
        sql.add(")");
    }

    /** Writes the condition that a row has one of some ids. */
    public void whereOneOf(SqlWriter sql, ShownTable table, List<String> ids) {
        String separator = " WHERE ";
        for (String id : ids) {
            sql.add(separator).add("(");
            key(sql, table, id);
            sql.add(")");
            separator = " OR ";
        }
    }

    private static void where(SqlWriter sql, ShownTable table, String id) {
        sql.add(" WHERE ");
        key(sql, table, id);
    }

    /** Writes whether a row has a key, and spells it so: a collation of its own may take one for another. */
    private static void key(SqlWriter sql, ShownTable table, String id) {
        List<ShownTable.Place> key = table.key();
        for (int part = 0; part < key.size(); part++) {
            sql.foreignName(key.get(part).name()).add(" = ");
            ShownTable.placeholder(sql, key.get(part), BindParameter.fixed(ShownTable.keyValue(id, key, part)));
            sql.add(" AND ");
        }
        table.id(sql);
        sql.add(" = ").bind(id);
    }

    private static void expect(SqlWriter sql, ShownTable table, OptionalLong revision) {
        if (revision.isPresent() && table.version().isPresent()) {
            sql.add(" AND ")
                    .foreignName(table.version().get().name())
                    .add(" = ")
                    .bind(revision.getAsLong());
        }
    }

    /** Returns a query for a row, with its revision, which others do not change until the transaction ends. */
    public Sql revision(ShownTable table, String id) {
        SqlWriter sql = dialect.writer().add("SELECT ");
        if (table.version().isPresent()) {
            sql.foreignName(table.version().get().name());
        } else {
            sql.add("0");
        }
        table.name(sql.add(" FROM "));
        where(sql, table, id);
        return sql.add(dialect.sharedLock()).toSql();
    }

    /** Says which rule of the table an error is about, if it is about one. */
    public void requireRules(ShownTable table, Mutation mutation, SQLException error) {
        ExistingDialect.Rule rule = catalog.dialect().rule(error);
        TableName items = mutation.table();
        String row = "A row of " + items.namespace() + ":" + items.kind();
        if (rule == ExistingDialect.Rule.FOREIGN_KEY && mutation instanceof Mutation.Delete delete) {
            Rn<?> rn = Rn.collection(items.namespace(), items.kind()).item(delete.id());
            throw new ReferencedException(
                    rn + " was not deleted: a foreign key of the database refers to its row in "
                            + table.table().name()
                            + ". Nothing was written; delete or change the rows that refer to it first",
                    rn,
                    List.of(),
                    "");
        }
        String why =
                switch (rule) {
                    case FOREIGN_KEY -> "a foreign key finds no row that it refers to, or one that refers to it";
                    case NOT_NULL ->
                        "a column that takes no null was given none. Give the record a field for it, or the column a default";
                    case CHECK -> "a CHECK of the table refuses it";
                    case NONE -> "";
                };
        if (!why.isEmpty()) {
            throw new ValueException(
                    row + " was not written, since the table " + table.table().name() + " in the layer \"" + layer
                            + "\" refuses it: " + why + ". Nothing was written; the cause names the rule",
                    error);
        }
    }

    /** Explains why a row was not changed. */
    public Refusal absent(ShownTable table, String id) throws SQLException {
        return session.query(
                revision(table, id),
                rows -> rows.next() && table.version().isPresent()
                        ? new Refusal.Stale(rows.getLong(1))
                        : new Refusal.Missing());
    }

    public boolean exists(ShownTable table, String id) throws SQLException {
        return session.query(revision(table, id), rows -> rows.next());
    }

    /** Finds the row that holds what must be unique. */
    public Optional<Refusal> taken(ShownTable table, Optional<String> id, List<ColumnSchema> columns, Row values)
            throws SQLException {
        Map<String, @Nullable Object> written = new HashMap<>();
        Map<String, ShownTable.Place> places = new HashMap<>();
        Map<String, String> fields = new HashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            List<ShownTable.Place> its = table.written(columns.get(i).name());
            List<@Nullable Object> bound =
                    its.isEmpty() ? List.of() : table.values(columns.get(i).name(), values.get(i), layer, dialect);
            for (int part = 0; part < its.size(); part++) {
                written.put(its.get(part).name(), bound.get(part));
                places.put(its.get(part).name(), its.get(part));
                fields.put(its.get(part).name(), columns.get(i).name());
            }
        }
        for (List<String> index : catalog.dialect().unique(session, table.table())) {
            if (index.stream().noneMatch(written::containsKey)) {
                continue;
            }
            SqlWriter sql = dialect.writer().add("SELECT ");
            table.id(sql);
            table.name(sql.add(" FROM "));
            String separator = " WHERE ";
            boolean known = true;
            for (String column : index) {
                Object value = written.get(column);
                ShownTable.Place place = places.get(column);
                known &= value != null && place != null;
                if (value != null && place != null) {
                    sql.add(separator).foreignName(column).add(" = ");
                    ShownTable.placeholder(sql, place, BindParameter.fixed(value));
                    separator = " AND ";
                }
            }
            if (id.isPresent()) {
                table.id(sql.add(separator));
                sql.add(" <> ").bind(id.get());
            }
            if (!known && index.size() == 1) {
                continue;
            }
            Optional<String> holder = session.query(
                    sql.add(" LIMIT 1").toSql(),
                    rows -> rows.next() ? Optional.of(rows.getString(1)) : Optional.empty());
            if (holder.isPresent() && known) {
                String names = String.join(", ", index.stream().map(fields::get).toList());
                return Optional.of(new Refusal.UniqueViolation(names, holder.get()));
            }
        }
        return Optional.empty();
    }
}
