package dev.korm.engine.commit;

import dev.korm.KormException;
import dev.korm.engine.layer.ChangeRecorder;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.layer.TransactionMarkers;
import dev.korm.recovery.Resolution;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Mutation;
import dev.korm.spi.Refusal;
import dev.korm.spi.Row;
import dev.korm.spi.TransactionMarker;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.SchemaMovedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The part of a quarantined change that a layer lacks, written as a person has decided: all of it that is to be written, and the marker that says that this layer
 * is done with, in one transaction. So one who is cut off has written nothing, and of two who decide at once the second writes nothing.
 */
final class ForcedPart {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.journal");

    private final OpenLayer layer;
    private final RedoRecord.Part part;
    private final Consumer<Mutation> giveUp;

    /** @param giveUp is told what is not to be written, before anything else is */
    ForcedPart(OpenLayer layer, RedoRecord.Part part, Consumer<Mutation> giveUp) {
        this.layer = layer;
        this.part = part;
        this.giveUp = giveUp;
    }

    /** Writes the part, unless somebody has dealt with this layer before. */
    void apply(Resolution resolution, TransactionMarker marker) {
        List<Mutation> wanted = new ArrayList<>(part.mutations());
        // The version that is made now is another one.
        wanted.removeIf(mutation -> mutation.table().equals(ChangeRecorder.TABLE));
        if (resolution == Resolution.FORGET) {
            forget(wanted, marker);
        } else if (!isDone(marker)) {
            write(wanted, resolution, marker);
        }
    }

    private boolean isDone(TransactionMarker marker) {
        TransactionMarker there =
                new TransactionMarkers(layer).find(List.of(marker.id())).get(marker.id());
        return there != null && there.state() == TransactionMarker.State.APPLIED;
    }

    /** Forgets it also where the layer does not answer, which may be why. */
    private void forget(List<Mutation> all, TransactionMarker marker) {
        boolean isDone = false;
        try {
            isDone = isDone(marker);
            if (!isDone) {
                layer.apply(new Batch(List.of(), Optional.of(marker)));
            }
        } catch (KormException unreachable) {
            LOG.warn(
                    "The layer \"{}\" does not answer, so that the change {} is forgotten is not noted there",
                    layer.layer(),
                    marker.id(),
                    unreachable);
        }
        if (!isDone) {
            all.forEach(giveUp);
        }
    }

    private void write(List<Mutation> wanted, Resolution resolution, TransactionMarker marker) {
        while (true) {
            try {
                BatchResult result = layer.apply(new Batch(wanted, Optional.of(marker)));
                if (!(result instanceof BatchResult.Refused refused)
                        || refused.mutation() == BatchResult.Refused.MARKER) {
                    return;
                }
                Mutation mutation = wanted.remove(refused.mutation());
                Mutation forced = resolution == Resolution.OURS ? forced(mutation, refused.refusal()) : null;
                if (forced == null) {
                    giveUp.accept(mutation);
                } else {
                    wanted.add(refused.mutation(), forced);
                }
            } catch (SchemaMovedException moved) {
                List<Mutation> gone = wanted.stream()
                        .filter(mutation -> mutation.table().equals(moved.table()))
                        .toList();
                if (gone.isEmpty()) {
                    throw moved;
                }
                wanted.removeAll(gone);
                gone.forEach(giveUp);
            }
        }
    }

    /**
     * Returns what writes a row over what others have made of it; null where nothing may: one that they deleted stays deleted, and a unique value that they took
     * stays theirs.
     */
    private static @Nullable Mutation forced(Mutation mutation, Refusal refusal) {
        if (mutation instanceof Mutation.Update update && refusal instanceof Refusal.Stale) {
            return overwriting(update.table(), update.id(), update.columns(), update.values());
        }
        if (mutation instanceof Mutation.Insert insert && refusal instanceof Refusal.Exists) {
            return overwriting(insert.table(), insert.id(), insert.columns(), insert.values());
        }
        return mutation instanceof Mutation.Delete delete && refusal instanceof Refusal.Stale
                ? new Mutation.Delete(delete.table(), delete.id(), OptionalLong.empty())
                : null;
    }

    /**
     * Overwrites the row with a revision that continues from the present one, since no two states of an item have the
     * same.
     */
    private static Mutation overwriting(TableName table, String id, List<ColumnSchema> columns, Row values) {
        List<ColumnSchema> written = new ArrayList<>();
        List<@Nullable Object> all = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            if (!columns.get(i).name().equals(TableName.REVISION)) {
                written.add(columns.get(i));
                all.add(values.get(i));
            }
        }
        return new Mutation.Update(table, id, OptionalLong.empty(), written, Row.of(all.toArray()));
    }
}
