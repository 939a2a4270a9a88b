package dev.korm.cli;

import dev.korm.spi.Layer;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.IndexSchema;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The indexes of a layer's tables, where the layer is named on the command line. Immutable. */
record TableIndexes(Map<String, List<String>> byTable) {
    static TableIndexes of(PoolOptions pool, String layer) {
        Map<String, List<String>> found = new LinkedHashMap<>();
        Supplier<Layer> opening = pool.layers().get(layer);
        if (opening != null) {
            try (Layer open = opening.get()) {
                for (TableName table : open.tables()) {
                    open.describe(table)
                            .ifPresent(schema -> found.put(
                                    table.text(),
                                    schema.indexes().stream()
                                            .map(IndexSchema::name)
                                            .toList()));
                }
            }
        }
        return new TableIndexes(found);
    }

    /** Returns the end of a table's line. */
    String of(String table) {
        List<String> indexes = byTable.getOrDefault(table, List.of());
        return indexes.isEmpty() ? "" : "\tindexes " + String.join(", ", indexes);
    }
}
