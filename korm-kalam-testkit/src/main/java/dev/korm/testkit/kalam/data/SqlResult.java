package dev.korm.testkit.kalam.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A statement's result, as the answer has it. */
public record SqlResult(
        @Nullable List<Map<String, Object>> schema,
        @Nullable List<List<@Nullable Object>> rows,
        int count,
        @Nullable String message,
        String user) {
    static SqlResult done(String message, Caller caller) {
        return new SqlResult(null, null, 0, message, caller.user());
    }

    static SqlResult written(String verb, int count, Caller caller) {
        return new SqlResult(null, null, count, verb + " " + count + " row(s)", caller.user());
    }

    static SqlResult of(Caller caller, List<String> names, List<List<@Nullable Object>> rows) {
        List<Map<String, Object>> schema = new ArrayList<>();
        for (String name : names) {
            schema.add(field(name, ColumnType.TEXT, schema.size(), null));
        }
        return new SqlResult(schema, rows, rows.size(), null, caller.user());
    }

    public static Map<String, Object> field(String name, ColumnType type, int index, TableDef.@Nullable Column column) {
        Map<String, Object> field = new LinkedHashMap<>();
        field.put("name", name);
        field.put("data_type", type.json());
        field.put("index", index);
        if (column != null) {
            List<String> flags = new ArrayList<>();
            if (column.isKey()) {
                flags.add("pk");
            }
            if (column.isKey() || column.isNotNull()) {
                flags.add("nn");
            }
            if (column.isKey()) {
                flags.add("uq");
            }
            if (!flags.isEmpty()) {
                field.put("flags", flags);
            }
        }
        return field;
    }

    public Map<String, @Nullable Object> json() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        if (schema != null && !schema.isEmpty()) {
            json.put("schema", schema);
        }
        if (rows != null) {
            json.put("rows", rows);
        }
        json.put("row_count", count);
        if (message != null) {
            json.put("message", message);
        }
        json.put("as_user", user);
        return json;
    }
}
