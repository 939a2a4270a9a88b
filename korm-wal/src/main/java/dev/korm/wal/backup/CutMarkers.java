package dev.korm.wal.backup;

import dev.korm.spi.Layer;
import dev.korm.spi.RowCursor;
import dev.korm.spi.TransactionMarker;
import dev.korm.spi.query.Selection;
import dev.korm.spi.schema.SchemaMovedException;
import dev.korm.spi.schema.TableSchema;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The markers of a layer at one look. Immutable.
 *
 * @param layers of the changes that were stored, by their ids; empty for those of one layer
 * @param swept the rows that tell of markers that are gone
 */
record CutMarkers(Map<String, List<String>> layers, Set<String> swept) {
    private static final CutMarkers NONE = new CutMarkers(Map.of(), Set.of());

    /**
     * Looks.
     *
     * @param reading the layer, or a snapshot of it
     * @return empty when the table was changed meanwhile
     */
    static Optional<CutMarkers> of(Layer layer, Function<Selection, RowCursor> reading) {
        TableSchema table = layer.describe(TransactionMarker.TABLE).orElse(null);
        if (table == null) {
            return Optional.of(NONE);
        }
        if (!table.has("layers")) {
            // Nobody has made a change of several layers that says which.
            return Optional.of(NONE);
        }
        Map<String, List<String>> layers = new HashMap<>();
        Set<String> swept = new HashSet<>();
        try (RowCursor rows =
                reading.apply(Cut.selection(TransactionMarker.TABLE, TransactionMarker.SCHEMA.columns()))) {
            while (rows.next()) {
                String id = String.valueOf(rows.get(0));
                if (id.startsWith(TransactionMarker.SWEPT)) {
                    swept.add(id);
                } else if (TransactionMarker.State.of(rows.get(3)) == TransactionMarker.State.APPLIED) {
                    layers.put(id, TransactionMarker.layers(rows.get(4)));
                }
            }
        } catch (SchemaMovedException moved) {
            return Optional.empty();
        }
        return Optional.of(new CutMarkers(layers, swept));
    }
}
