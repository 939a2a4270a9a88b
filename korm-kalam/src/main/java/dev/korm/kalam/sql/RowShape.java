package dev.korm.kalam.sql;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The columns of rows, shared by all rows of a result. */
final class RowShape {
    private final List<SchemaField> fields;
    private final Map<String, Integer> places = new HashMap<>();
    private final @Nullable String table;

    RowShape(List<SchemaField> fields, @Nullable String table) {
        this.fields = fields;
        this.table = table;
        for (int i = 0; i < fields.size(); i++) {
            places.putIfAbsent(fields.get(i).name(), i);
        }
    }

    List<SchemaField> fields() {
        return fields;
    }

    /** Returns the place of a column, or -1. */
    int place(String name) {
        return places.getOrDefault(name, -1);
    }

    @Nullable String table() {
        return table;
    }
}
