package dev.korm.model.row;

import dev.korm.spi.Row;
import dev.korm.spi.schema.ColumnSchema;
import java.util.List;
import java.util.Map;

/**
 * Fields as columns, hidden columns of unique fields among them; key and revision are not.
 *
 * @param columns one list for all items of a model where they all have the same columns
 * @param values in the order of the columns
 * @param sealedFingerprints by hidden column, what stands for its sealed values under every key of the ring; empty while it has one
 */
public record Encoded(List<ColumnSchema> columns, Row values, Map<String, List<String>> sealedFingerprints) {
    public Encoded(List<ColumnSchema> columns, Row values) {
        this(columns, values, Map.of());
    }
}
