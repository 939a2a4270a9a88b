package dev.korm.engine.write;

import dev.korm.Rn;
import dev.korm.engine.commit.AtomicCommits;
import dev.korm.engine.commit.AtomicCommits.Ending;
import dev.korm.engine.commit.LayerBatch;
import dev.korm.engine.context.ItemKey;
import dev.korm.engine.file.FileChanges;
import dev.korm.engine.item.ItemChange;
import dev.korm.engine.item.ItemDeparture;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.key.CrossKeyUniqueness;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.lock.RequiredLocks;
import dev.korm.engine.reference.AtomicDeletion;
import dev.korm.engine.reference.DeletionEffects;
import dev.korm.engine.reference.ReferenceMove;
import dev.korm.engine.relocate.PlannedMoves;
import dev.korm.relocate.RelocationException;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Mutation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Stores the changes of items of several layers as one. Used by one thread, for one change set. */
final class AcrossLayers {
    private final PoolContext pool;
    private final Map<OpenLayer, List<ItemChange<?>>> writing;
    private final Collection<ItemChange<?>> net;
    private final AtomicDeletion.Applying commits;
    private final FileChanges files;
    private final RequiredLocks locks;
    private final PlannedMoves moves;
    /** The deletions of rows whose items are elsewhere from then on. */
    private final Set<Mutation> leaving = new HashSet<>();

    private Map<Rn<?>, Long> cascaded = Map.of();

    /**
     * Prepares to store some changes.
     *
     * @param net what the changes come to, one for each item
     * @param moves those among the changes
     */
    AcrossLayers(
            PoolContext pool,
            Map<OpenLayer, List<ItemChange<?>>> writing,
            Collection<ItemChange<?>> net,
            FileChanges files,
            RequiredLocks locks,
            PlannedMoves moves,
            String change) {
        this.locks = locks;
        this.moves = moves;
        this.pool = pool;
        this.net = net;
        this.writing = writing;
        this.files = files;
        AtomicDeletion.Applying applying = applying(pool, files, change);
        this.commits = parts -> applying.of(parts.stream()
                .map(part -> new LayerBatch(part.layer(), part.mutations(), leaving))
                .toList());
    }

    /** Returns who commits changes of several layers together with files; null where the pool cannot. */
    static AtomicDeletion.@Nullable Applying applying(PoolContext pool, FileChanges files, Optional<String> id) {
        return id.map(change -> applying(pool, files, change)).orElse(null);
    }

    private static AtomicDeletion.Applying applying(PoolContext pool, FileChanges files, String change) {
        return parts -> {
            Ending ending = files.areStaged() ? Ending.BY_CALLER : Ending.BY_COMMIT;
            return files.applyAcross(
                    () -> pool.commits().commit(change, parts, files.decides(), ending), AtomicCommits.Result::result);
        };
    }

    /** Stores everything or nothing, and says which layer refused. */
    AtomicCommits.Result apply() {
        Map<OpenLayer, List<Mutation>> mutations = new LinkedHashMap<>();
        writing.forEach((layer, steps) -> {
            List<Mutation> all = new ArrayList<>();
            for (ItemChange<?> step : steps) {
                Mutation mutation = step.mutation();
                all.add(mutation);
                if (step instanceof ItemDeparture<?>) {
                    leaving.add(mutation);
                }
            }
            all.addAll(locks.in(layer.layer()));
            mutations.put(layer, all);
        });
        return unique(List.copyOf(writing.keySet()), mutations);
    }

    /** Returns how many items were deleted along with others, by collection. */
    Map<Rn<?>, Long> cascaded() {
        return cascaded;
    }

    /** Adds to the mutations of each layer what keeps its values unique, and commits them. */
    private AtomicCommits.Result unique(List<OpenLayer> rest, Map<OpenLayer, List<Mutation>> ready) {
        if (rest.isEmpty()) {
            return moves.isEmpty() ? commit(ready) : move(ready);
        }
        OpenLayer layer = rest.get(0);
        List<ItemChange<?>> steps = writing.getOrDefault(layer, List.of());
        Batch asked = Batch.of(ready.getOrDefault(layer, List.of()));
        try {
            BatchResult result = new CrossKeyUniqueness(layer, ChangeSet.withoutHeld(steps)).apply(asked, batch -> {
                ready.put(layer, batch.mutations());
                return of(layer, batch, unique(rest.subList(1, rest.size()), ready));
            });
            return new AtomicCommits.Result(result.isStored() ? null : layer, result);
        } catch (RefusedElsewhere elsewhere) {
            return elsewhere.result;
        }
    }

    /** Returns what became of one layer's part. */
    private static BatchResult of(OpenLayer layer, Batch batch, AtomicCommits.Result result) {
        if (result.layer() == null) {
            return new BatchResult.Applied(
                    batch.mutations().stream().map(each -> 1L).toList());
        }
        if (result.layer().equals(layer)) {
            return result.result();
        }
        throw new RefusedElsewhere(result);
    }

    /** Commits with what the moves ask of those who refer to what is moved, as long as nobody stores anything where everything is to go. */
    private AtomicCommits.Result move(Map<OpenLayer, List<Mutation>> ready) {
        Map<OpenLayer, List<Mutation>> guarded = new LinkedHashMap<>();
        ready.forEach((layer, mutations) -> guarded.put(layer, new ArrayList<>(mutations)));
        moves.guards().forEach((layer, guards) -> guarded.computeIfAbsent(layer, any -> new ArrayList<>())
                .addAll(guards));
        AtomicCommits.Result result =
                new ReferenceMove(pool, moves.places(), net, goingAlong()).run(guarded, this::commit);
        if (result.layer() != null
                && result.result() instanceof BatchResult.Refused refused
                && refused.mutation()
                        >= ready.getOrDefault(result.layer(), List.of()).size()) {
            Rn<?> collection = moves.collections().iterator().next();
            throw new RelocationException(
                    collection
                            + " was not moved to another layer, since others have stored items in it meanwhile. Nothing was"
                            + " written; try again when fewer write to it, or use move() of the relocation",
                    collection);
        }
        return result;
    }

    /** Returns what the deletions of the change do to others. */
    private Map<ItemKey, Mutation> goingAlong() {
        Map<ItemKey, Mutation> along = new LinkedHashMap<>();
        writing.values().forEach(steps -> ChangeSet.deleted(steps)
                .forEach(key -> along.putAll(DeletionEffects.of(pool, key, stored()))));
        return along;
    }

    private List<ItemChange<?>> stored() {
        List<ItemChange<?>> stored = new ArrayList<>();
        writing.keySet().forEach(layer -> stored.addAll(ChangeSet.stored(layer, net)));
        return stored;
    }

    private AtomicCommits.Result commit(Map<OpenLayer, List<Mutation>> mutations) {
        Set<ItemKey> deleted = new LinkedHashSet<>();
        List<ItemChange<?>> stored = new ArrayList<>();
        writing.forEach((layer, steps) -> {
            deleted.addAll(ChangeSet.deleted(steps));
            stored.addAll(ChangeSet.stored(layer, net));
        });
        if (deleted.isEmpty()) {
            return commits.of(mutations.entrySet().stream()
                    .map(entry -> new LayerBatch(entry.getKey(), entry.getValue()))
                    .toList());
        }
        AtomicDeletion.Outcome outcome =
                new AtomicDeletion(pool, commits).run(deleted, stored, mutations, files.releases());
        cascaded = outcome.cascaded();
        return outcome.result();
    }

    /** Leads the refusal of one layer past what keeps the values of another unique. Never leaves this class. */
    private static final class RefusedElsewhere extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient AtomicCommits.Result result;

        RefusedElsewhere(AtomicCommits.Result result) {
            super("refused by another layer", null, false, false);
            this.result = result;
        }
    }
}
