package dev.korm.engine.commit;

import dev.korm.KormException;
import dev.korm.Rn;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.layer.TransactionMarkers;
import dev.korm.recovery.QuarantinedChange;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Mutation;
import dev.korm.spi.Refusal;
import dev.korm.spi.TransactionMarker;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.SchemaMovedException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes the parts of decided changes that are missing in layers. Made twice, a part is refused by its marker. Safe for many threads. */
final class Followers {
    private final Map<String, OpenLayer> layers;

    /** @param layers of the pool, by name */
    Followers(Map<String, OpenLayer> layers) {
        this.layers = layers;
    }

    /**
     * A decided change.
     *
     * @param id as the journal names it
     */
    record Decided(String id, RedoRecord redo) {
        TransactionMarker marker() {
            return new TransactionMarker(id, redo.pool(), redo.time(), redo.layers());
        }
    }

    /**
     * A layer that a change is missing in.
     *
     * @param failure why it could not be asked; null when it refused, which it will do again
     */
    record Missing(
            QuarantinedChange.Missing report, @Nullable KormException failure) {}

    /** Makes all missing parts, and returns what could not be made, by change. */
    Map<String, List<Missing>> follow(List<Decided> changes) {
        Map<String, List<Missing>> missing = new HashMap<>();
        Map<String, List<Decided>> byLayer = new HashMap<>();
        for (Decided change : changes) {
            for (RedoRecord.Part part : change.redo().followers()) {
                byLayer.computeIfAbsent(part.layer(), any -> new ArrayList<>()).add(change);
            }
        }
        byLayer.forEach((layer, some) -> {
            if (some.size() == 1 || !together(layer, some)) {
                for (Decided change : some) {
                    alone(layer, change)
                            .ifPresent(what -> missing.computeIfAbsent(change.id(), any -> new ArrayList<>())
                                    .add(what));
                }
            }
        });
        return missing;
    }

    /** Makes the parts of several changes in one transaction, but for those that are there; false when that was refused or failed, and nothing was made. */
    private boolean together(String name, List<Decided> several) {
        OpenLayer layer = layers.get(name);
        if (layer == null) {
            return false;
        }
        List<Decided> changes;
        try {
            Map<String, TransactionMarker> there = new TransactionMarkers(layer)
                    .find(several.stream().map(Decided::id).toList());
            changes = several.stream()
                    .filter(change -> !isApplied(there.get(change.id())))
                    .toList();
        } catch (KormException failed) {
            return false;
        }
        if (changes.isEmpty()) {
            return true;
        }
        List<Mutation> all = new ArrayList<>();
        for (Decided change : changes) {
            all.add(change.marker().insert());
            all.addAll(part(change, name).mutations());
        }
        // The first marker is the batch's own, so the layer makes the table.
        all.remove(0);
        try {
            return layer.applyDecided(new Batch(all, Optional.of(changes.get(0).marker())))
                    instanceof BatchResult.Applied;
        } catch (KormException | SchemaMovedException failed) {
            // Which of them it was shows when each is made alone.
            return false;
        }
    }

    private static boolean isApplied(@Nullable TransactionMarker marker) {
        return marker != null && marker.state() == TransactionMarker.State.APPLIED;
    }

    private Optional<Missing> alone(String name, Decided change) {
        RedoRecord.Part part = part(change, name);
        OpenLayer layer = layers.get(name);
        if (layer == null) {
            return Optional.of(missing(part, "The pool has no layer of this name", null));
        }
        try {
            BatchResult result = layer.applyDecided(new Batch(part.mutations(), Optional.of(change.marker())));
            return result.isStored()
                    ? Optional.empty()
                    : Optional.of(missing(part, reason(part, (BatchResult.Refused) result), null));
        } catch (SchemaMovedException moved) {
            return Optional.of(missing(part, "A table or column of the change is not there any more", null));
        } catch (KormException failed) {
            return Optional.of(missing(part, "The layer did not answer", failed));
        }
    }

    private static RedoRecord.Part part(Decided change, String layer) {
        return change.redo().followers().stream()
                .filter(part -> part.layer().equals(layer))
                .findFirst()
                .orElseThrow();
    }

    private static Missing missing(RedoRecord.Part part, String reason, @Nullable KormException failure) {
        return new Missing(new QuarantinedChange.Missing(part.layer(), items(part), reason), failure);
    }

    /** Returns the items that a part writes. */
    static List<Rn<?>> items(RedoRecord.Part part) {
        List<Rn<?>> items = new ArrayList<>();
        for (Mutation mutation : part.mutations()) {
            if (mutation.table().isItems()) {
                items.add(item(part.layer(), mutation));
            }
        }
        return items;
    }

    static Rn<?> item(String layer, Mutation mutation) {
        TableName table = mutation.table();
        return Rn.collection(table.namespace(), table.kind()).from(layer).item(id(mutation));
    }

    private static String id(Mutation mutation) {
        if (mutation instanceof Mutation.Insert insert) {
            return insert.id();
        }
        return mutation instanceof Mutation.Update update ? update.id() : ((Mutation.Delete) mutation).id();
    }

    private static String reason(RedoRecord.Part part, BatchResult.Refused refused) {
        Refusal refusal = refused.refusal();
        if (refused.mutation() == BatchResult.Refused.MARKER) {
            return "Somebody has forbidden the change in this layer";
        }
        Mutation mutation = part.mutations().get(refused.mutation());
        if (!mutation.table().isItems()) {
            return "A version of the change is in the history already";
        }
        String item = String.valueOf(item(part.layer(), mutation));
        if (refusal instanceof Refusal.Stale) {
            return item + " was changed by others since";
        }
        if (refusal instanceof Refusal.Missing) {
            return item + " was deleted by others since";
        }
        if (refusal instanceof Refusal.Exists) {
            return item + " was created by others since";
        }
        return refusal instanceof Refusal.UniqueViolation
                ? "Another item has a unique value of " + item + " since"
                : item + " does not fit any more";
    }
}
