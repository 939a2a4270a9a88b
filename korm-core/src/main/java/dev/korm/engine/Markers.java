package dev.korm.engine;

import dev.korm.spi.Batch;
import dev.korm.spi.ColumnKind;
import dev.korm.spi.Condition;
import dev.korm.spi.Mutation;
import dev.korm.spi.Operand;
import dev.korm.spi.Output;
import dev.korm.spi.RowCursor;
import dev.korm.spi.SchemaMovedException;
import dev.korm.spi.Selection;
import dev.korm.spi.TransactionMarker;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Predicate;

/** The markers in a layer, each of which proves that a change was stored there. */
final class Markers {
    private final FederatedLayer layer;

    Markers(FederatedLayer layer) {
        this.layer = layer;
    }

    /** The markers of some ids, with their times in milliseconds since 1970. */
    Map<String, Long> find(Predicate<String> wanted) {
        Map<String, Long> found = new HashMap<>();
        if (layer.shape(TransactionMarker.TABLE).isEmpty()) {
            return found;
        }
        // There are few, and not every layer evaluates conditions.
        Selection all = new Selection(
                TransactionMarker.TABLE,
                List.of(),
                List.of(
                        new Output.Value(new Operand.Column(0, TransactionMarker.TABLE.key(), ColumnKind.ID)),
                        new Output.Value(new Operand.Column(0, "time", ColumnKind.INTEGER))),
                Condition.ALWAYS,
                List.of(),
                List.of(),
                OptionalLong.empty());
        try (RowCursor row = layer.store().select(all)) {
            while (row.next()) {
                String id = String.valueOf(row.get(0));
                if (wanted.test(id)) {
                    found.put(id, row.get(1) instanceof Long time ? time : 0L);
                }
            }
        }
        return found;
    }

    /** Takes a marker away, when nothing asks for it any more. */
    void delete(String id) {
        try {
            layer.store()
                    .apply(Batch.of(List.of(new Mutation.Delete(TransactionMarker.TABLE, id, OptionalLong.empty()))));
        } catch (SchemaMovedException gone) {
            // Without the table there is no marker.
            return;
        }
    }
}
