package dev.korm.engine.commit;

import dev.korm.engine.layer.ChangeRecorder;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.recovery.Resolution;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Mutation;
import dev.korm.spi.Refusal;
import dev.korm.spi.Row;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import java.util.ArrayList;
import java.util.List;
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

    void apply(Resolution resolution) {
        if (resolution == Resolution.FORGET) {
            return;
        }
        for (Mutation mutation : part.mutations()) {
            if (mutation.table().equals(ChangeRecorder.TABLE)) {
                // The version that is made now is another one.
                continue;
            }
            BatchResult result = layer.apply(Batch.of(List.of(mutation)));
            if (result instanceof BatchResult.Refused refused && resolution == Resolution.OURS) {
                force(mutation, refused.refusal());
            }
        }
    }

    /** Writes a row over what others have made of it. One that they deleted stays deleted, and a unique value that they took stays theirs. */
    private void force(Mutation mutation, Refusal refusal) {
        if (mutation instanceof Mutation.Update update && refusal instanceof Refusal.Stale) {
            overwrite(update.table(), update.id(), update.columns(), update.values());
        } else if (mutation instanceof Mutation.Insert insert && refusal instanceof Refusal.Exists) {
            overwrite(insert.table(), insert.id(), insert.columns(), insert.values());
        } else if (mutation instanceof Mutation.Delete delete && refusal instanceof Refusal.Stale) {
            layer.apply(Batch.of(List.of(new Mutation.Delete(delete.table(), delete.id(), OptionalLong.empty()))));
        }
    }

    /**
     * Overwrites the row with a revision that continues from the present one, since no two states of an item have the
     * same.
     */
    private void overwrite(TableName table, String id, List<ColumnSchema> columns, Row values) {
        List<ColumnSchema> written = new ArrayList<>();
        List<@Nullable Object> all = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            if (!columns.get(i).name().equals(TableName.REVISION)) {
                written.add(columns.get(i));
                all.add(values.get(i));
            }
        }
        layer.apply(Batch.of(
                List.of(new Mutation.Update(table, id, OptionalLong.empty(), written, Row.of(all.toArray())))));
    }
}
