package dev.korm.kalam.live;

import dev.korm.kalam.sql.SchemaField;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** The columns of rows that came over a WebSocket: those of the schema, and {@code _seq} and others that the frame has besides. */
final class LiveRow {
    private LiveRow() {}

    static List<SchemaField> fields(List<SchemaField> schema, JsonNode object) {
        Set<String> known = new HashSet<>();
        schema.forEach(field -> known.add(field.name()));
        List<SchemaField> fields = null;
        for (String name : object.propertyNames()) {
            if (!known.contains(name)) {
                if (fields == null) {
                    fields = new ArrayList<>(schema);
                }
                fields.add(SchemaField.untyped(name, fields.size()));
            }
        }
        return fields == null ? schema : fields;
    }
}
