package dev.korm.kalam.sql;

import static dev.korm.kalam.error.KalamNullException.requireElements;
import static dev.korm.kalam.error.KalamNullException.requireNonNull;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * A column of a result.
 *
 * @param name the name
 * @param type the type
 * @param index the place, from 0
 * @param flags what is known about it: {@code pk}, {@code nn}, {@code uq}
 */
public record SchemaField(String name, KalamType type, int index, Set<String> flags) {
    /** Copies the flags. */
    public SchemaField {
        requireNonNull(name, "name");
        requireNonNull(type, "type");
        flags = Set.copyOf(requireElements(flags, "flags"));
    }

    /** Tells whether this is the primary key. */
    public boolean isPrimaryKey() {
        return flags.contains("pk");
    }

    /** Returns a column of a type that is not known. */
    public static SchemaField untyped(String name, int index) {
        requireNonNull(name, "name");
        return new SchemaField(name, new KalamType(KalamType.Kind.UNKNOWN, 0, 0), index, Set.of());
    }

    /** Returns the columns that an answer describes, in their order. */
    public static List<SchemaField> listOf(JsonNode schema) {
        requireNonNull(schema, "schema");
        List<SchemaField> fields = new ArrayList<>();
        for (JsonNode field : schema) {
            Set<String> flags = new HashSet<>();
            field.path("flags").forEach(flag -> flags.add(flag.asString("")));
            fields.add(new SchemaField(
                    field.path("name").asString(""),
                    KalamType.of(field.path("data_type")),
                    field.path("index").asInt(fields.size()),
                    flags));
        }
        return Collections.unmodifiableList(fields);
    }
}
