package dev.korm.engine.write;

import dev.korm.Rn;
import dev.korm.engine.commit.AtomicCommits;
import dev.korm.engine.commit.AtomicCommits.Ending;
import dev.korm.engine.commit.LayerBatch;
import dev.korm.engine.context.ItemKey;
import dev.korm.engine.file.FileChanges;
import dev.korm.engine.item.ItemChange;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.key.CrossKeyUniqueness;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.lock.RequiredLocks;
import dev.korm.engine.reference.AtomicDeletion;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Mutation;
import java.util.ArrayList;
import java.util.Collection;
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
    private Map<Rn<?>, Long> cascaded = Map.of();

    /** @param net what the changes come to, one for each item */
    AcrossLayers(
            PoolContext pool,
            Map<OpenLayer, List<ItemChange<?>>> writing,
            Collection<ItemChange<?>> net,
            FileChanges files,
            RequiredLocks locks,
            String change) {
        this.locks = locks;
        this.pool = pool;
        this.net = net;
        this.writing = writing;
        this.files = files;
        this.commits = applying(pool, files, change);
    }

    /** Returns who commits changes of several layers that have no files; null where the pool cannot. */
    static AtomicDeletion.@Nullable Applying applying(PoolContext pool) {
        AtomicCommits commits = pool.commits();
        return commits.isAvailable()
                ? parts -> commits.commit(commits.newId().orElseThrow(), parts, Ending.BY_COMMIT)
                : null;
    }

    /** Returns who commits changes of several layers together with files; null where the pool cannot. */
    static AtomicDeletion.@Nullable Applying applying(PoolContext pool, FileChanges files, Optional<String> id) {
        return id.map(change -> applying(pool, files, change)).orElse(null);
    }

    private static AtomicDeletion.Applying applying(PoolContext pool, FileChanges files, String change) {
        return parts -> {
            Ending ending = files.areStaged() ? Ending.BY_CALLER : Ending.BY_COMMIT;
            return files.applyAcross(() -> pool.commits().commit(change, parts, ending), AtomicCommits.Result::result);
        };
    }

    /** Stores everything or nothing, and says which layer refused. */
    AtomicCommits.Result apply() {
        Map<OpenLayer, List<Mutation>> mutations = new LinkedHashMap<>();
        writing.forEach((layer, steps) -> {
            List<Mutation> all = new ArrayList<>();
            steps.forEach(step -> all.add(step.mutation()));
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
            return commit(ready);
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
