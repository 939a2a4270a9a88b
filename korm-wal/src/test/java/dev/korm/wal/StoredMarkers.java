package dev.korm.wal;

import dev.korm.spi.Batch;
import dev.korm.spi.Layer;
import dev.korm.spi.Mutation;
import dev.korm.spi.TransactionMarker;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Selection;
import java.util.List;
import java.util.OptionalLong;

/** The markers in a layer, as a test deletes them. */
final class StoredMarkers {
    private StoredMarkers() {}

    static void deleteAll(Layer layer) {
        if (layer.describe(TransactionMarker.TABLE).isPresent()) {
            Selection all = new Selection(
                    TransactionMarker.TABLE,
                    List.of(),
                    List.of(),
                    Condition.ALWAYS,
                    List.of(),
                    List.of(),
                    OptionalLong.empty());
            layer.apply(Batch.of(List.of(new Mutation.DeleteSelected(all))));
        }
    }
}
