package dev.korm.spi.schema;

import static dev.korm.argument.NullArgumentException.requireElements;
import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.spi.query.TableName;
import java.util.List;
import java.util.Optional;

/**
 * A table as it is, or as it is wanted.
 *
 * @param table its name
 * @param columns all columns, the key first, in the order of the table
 * @param indexes its indexes; a layer that describes a table names only those that korm made,
 *     in any order
 */
public record TableSchema(TableName table, List<ColumnSchema> columns, List<IndexSchema> indexes) {
    public TableSchema {
        requireNonNull(table, "table");
        columns = List.copyOf(requireElements(columns, "columns"));
        indexes = List.copyOf(requireElements(indexes, "indexes"));
    }

    /** Returns the column of that exact name. */
    public Optional<ColumnSchema> column(String name) {
        requireNonNull(name, "name");
        for (ColumnSchema column : columns) {
            if (column.name().equals(name)) {
                return Optional.of(column);
            }
        }
        return Optional.empty();
    }

    /** Returns whether there is a column of that exact name. */
    public boolean has(String name) {
        requireNonNull(name, "name");
        return column(name).isPresent();
    }

    /** Returns whether there is an index of that name. */
    public boolean hasIndex(String name) {
        requireNonNull(name, "name");
        return indexes.stream().anyMatch(index -> index.name().equals(name));
    }
}
