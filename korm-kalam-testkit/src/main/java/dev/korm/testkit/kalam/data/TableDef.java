package dev.korm.testkit.kalam.data;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A table's definition. */
public record TableDef(String namespace, String name, Kind kind, String access, long ttlSeconds, List<Column> columns) {
    public enum Kind {
        USER,
        SHARED,
        STREAM
    }

    public record Column(
            String name,
            ColumnType type,
            boolean isKey,
            boolean isNotNull,
            @Nullable String defaultValue) {
        boolean hasSnowflakeDefault() {
            return defaultValue != null
                    && defaultValue.toUpperCase(java.util.Locale.ROOT).startsWith("SNOWFLAKE_ID");
        }
    }

    public String id() {
        return namespace + "." + name;
    }

    String topicName() {
        return namespace + ":" + name;
    }

    /** Returns the quoted name of the table that holds the rows in SQLite. */
    String hot() {
        return quote(id());
    }

    /** Returns the quoted name of the table that holds rows as they were flushed. */
    String cold() {
        return quote(id() + "/cold");
    }

    public static String quote(String name) {
        return "\"" + name.replace("\"", "\"\"") + "\"";
    }

    public boolean isShared() {
        return kind == Kind.SHARED;
    }

    public Column key() {
        return columns.stream()
                .filter(Column::isKey)
                .findFirst()
                .orElseThrow(() -> SqlFailure.execution("Table '" + id() + "' has no primary key"));
    }

    Column column(String wanted) {
        return find(wanted)
                .orElseThrow(
                        () -> SqlFailure.execution("Column '" + wanted + "' does not exist in table '" + id() + "'"));
    }

    public java.util.Optional<Column> find(String wanted) {
        return columns.stream().filter(column -> column.name().equals(wanted)).findFirst();
    }

    String columnList() {
        return columns.stream().map(column -> quote(column.name())).collect(Collectors.joining(", "));
    }

    TableDef with(List<Column> changed) {
        return new TableDef(namespace, name, kind, access, ttlSeconds, List.copyOf(changed));
    }

    TableDef withAccess(String changed) {
        return new TableDef(namespace, name, kind, changed, ttlSeconds, columns);
    }

    /** Returns the subselect that stands for the table in a caller's statement. */
    public String view(String user, boolean showsDeleted) {
        List<String> conditions = new ArrayList<>();
        if (!isShared()) {
            conditions.add("_user = '" + user.replace("'", "''") + "'");
        }
        if (!showsDeleted) {
            conditions.add("_deleted = 0");
        }
        if (kind == Kind.STREAM) {
            conditions.add("_seq > " + Snowflake.floor(System.currentTimeMillis() - ttlSeconds * 1000));
        }
        return "SELECT " + columnList() + ", _seq" + (kind == Kind.STREAM ? "" : ", _deleted") + " FROM " + hot()
                + (conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions));
    }
}
