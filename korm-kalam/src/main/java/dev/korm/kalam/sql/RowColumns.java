package dev.korm.kalam.sql;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The columns of rows, shared by all rows of a result. */
final class RowColumns {
    private final List<SchemaField> fields;
    private final Map<String, Integer> indexes = new HashMap<>();
    private final @Nullable String table;

    RowColumns(List<SchemaField> fields, @Nullable String table) {
        this.fields = fields;
        this.table = table;
        for (int i = 0; i < fields.size(); i++) {
            indexes.putIfAbsent(fields.get(i).name(), i);
        }
    }

    List<SchemaField> fields() {
        return fields;
    }

    /** Returns the place of a column, or -1. */
    int indexOf(String name) {
        return indexes.getOrDefault(name, -1);
    }

    @Nullable String table() {
        return table;
    }
}
