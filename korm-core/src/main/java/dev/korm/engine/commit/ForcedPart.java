package dev.korm.engine.commit;

import dev.korm.engine.layer.ChangeRecorder;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.recovery.Resolution;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Mutation;
import dev.korm.spi.Refusal;
import dev.korm.spi.Row;
import dev.korm.spi.TransactionMarker;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The part of a quarantined change that a layer lacks, written as a person has decided: row by row, each for itself. */
final class ForcedPart {
    private final OpenLayer layer;
    private final RedoRecord.Part part;

    ForcedPart(OpenLayer layer, RedoRecord.Part part) {
        this.layer = layer;
        this.part = part;
    }

    /** Writes the rows, then the marker that says that this layer is done with, and returns the mutations that it did not make. */
    List<Mutation> apply(Resolution resolution, TransactionMarker marker) {
        List<Mutation> left = new ArrayList<>(part.mutations());
        // The version that is made now is another one.
        left.removeIf(mutation -> mutation.table().equals(ChangeRecorder.TABLE));
        if (resolution != Resolution.FORGET) {
            left.removeIf(mutation -> isMade(mutation, resolution));
            layer.apply(new Batch(List.of(), Optional.of(marker)));
        }
        return left;
    }

    private boolean isMade(Mutation mutation, Resolution resolution) {
        BatchResult result = layer.apply(Batch.of(List.of(mutation)));
        return !(result instanceof BatchResult.Refused refused)
                || (resolution == Resolution.OURS && force(mutation, refused.refusal()));
    }

    /**
     * Writes a row over what others have made of it. One that they deleted stays deleted, and a unique value that they took stays theirs.
     *
     * @return whether it was written
     */
    private boolean force(Mutation mutation, Refusal refusal) {
        if (mutation instanceof Mutation.Update update && refusal instanceof Refusal.Stale) {
            return overwrite(update.table(), update.id(), update.columns(), update.values());
        }
        if (mutation instanceof Mutation.Insert insert && refusal instanceof Refusal.Exists) {
            return overwrite(insert.table(), insert.id(), insert.columns(), insert.values());
        }
        return mutation instanceof Mutation.Delete delete
                && refusal instanceof Refusal.Stale
                && isStored(new Mutation.Delete(delete.table(), delete.id(), OptionalLong.empty()));
    }

    private boolean isStored(Mutation mutation) {
        return layer.apply(Batch.of(List.of(mutation))).isStored();
    }

    /**
     * Overwrites the row with a revision that continues from the present one, since no two states of an item have the
     * same.
     */
    private boolean overwrite(TableName table, String id, List<ColumnSchema> columns, Row values) {
        List<ColumnSchema> written = new ArrayList<>();
        List<@Nullable Object> all = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            if (!columns.get(i).name().equals(TableName.REVISION)) {
                written.add(columns.get(i));
                all.add(values.get(i));
            }
        }
        return isStored(new Mutation.Update(table, id, OptionalLong.empty(), written, Row.of(all.toArray())));
    }
}
