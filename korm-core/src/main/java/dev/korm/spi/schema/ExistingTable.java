package dev.korm.spi.schema;

import static dev.korm.argument.NullArgumentException.requireElements;
import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import java.util.List;
import java.util.Optional;

/**
 * A table that korm did not make, as a collection of items: the layer that is told of it shows it as an item table, whose ids are keys of rows.
 *
 * @param items the name under which the layer shows it
 * @param schema where it is; empty for where the connection is
 * @param name its own name
 * @param fields what is shown of it, but for the id and the revision
 * @param key the names of those fields that are its primary key, in their order
 * @param version the field that is raised with each change
 * @param from what references that are made of its columns name as their layer; empty where they name none
 */
public record ExistingTable(
        TableName items,
        String schema,
        String name,
        List<Field> fields,
        List<String> key,
        Optional<String> version,
        Optional<String> from) {
    /**
     * A column that is shown.
     *
     * @param name as items know it
     * @param columns its own name; empty to look for one like it. Several for a reference to a key of several columns
     * @param type what the items have it as, such as {@code Instant}
     * @param kind what it is shown as
     * @param target the table that a reference leads to
     */
    public record Field(String name, List<String> columns, Class<?> type, ColumnKind kind, Optional<TableName> target) {
        public Field {
            requireNonNull(name, "name");
            columns = List.copyOf(requireElements(columns, "columns"));
            requireNonNull(type, "type");
            requireNonNull(kind, "kind");
            requireNonNull(target, "target");
        }
    }

    public ExistingTable {
        requireNonNull(items, "items");
        requireNonNull(schema, "schema");
        requireNonNull(name, "name");
        fields = List.copyOf(requireElements(fields, "fields"));
        key = List.copyOf(requireElements(key, "key"));
        requireNonNull(version, "version");
        requireNonNull(from, "from");
    }

    /** Returns the same table, with references that name its layer. */
    public ExistingTable from(String layer) {
        requireNonNull(layer, "layer");
        return new ExistingTable(items, schema, name, fields, key, version, Optional.of(layer));
    }

    /** Returns the field of that name. */
    public Optional<Field> field(String field) {
        requireNonNull(field, "field");
        return fields.stream().filter(each -> each.name().equals(field)).findFirst();
    }
}
