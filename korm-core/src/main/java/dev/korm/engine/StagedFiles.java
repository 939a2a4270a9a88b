package dev.korm.engine;

import dev.korm.Rn;
import dev.korm.Sweep;
import dev.korm.spi.Capabilities;
import dev.korm.spi.Depot;
import dev.korm.spi.FileEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** What lies staged in depots: files of changes under way, and of those that were cut off. */
final class StagedFiles {
    /** What the ids of changes with files begin with, in the table of markers. */
    static final String PREFIX = "files-";

    private final OpenDepots pool;
    private final PoolLayers layers;
    private final FileTransitions transitions;
    private final Consumer<Sweep.Finding> findings;
    private final Reach reach;

    /** How much is done about what is found. */
    enum Reach {
        /** Nothing. */
        LOOK,
        /** What happened is finished. */
        FINISH,
        /** And what did not happen is removed. */
        CLEAN
    }

    StagedFiles(OpenDepots pool, PoolLayers layers, Reach reach, Consumer<Sweep.Finding> findings) {
        this.layers = layers;
        this.pool = pool;
        this.transitions = new FileTransitions(pool);
        this.reach = reach;
        this.findings = findings;
    }

    /**
     * Looks through a depot.
     *
     * @param before what was staged earlier, and has no marker, belongs to a change that never happened
     */
    void settle(Depot depot, Instant before) {
        Map<String, Map<String, List<FileEntry>>> found = found(depot, before);
        found.forEach((layer, changes) -> {
            if (layers.names().contains(layer)) {
                settle(layers.layer(layer), changes, before);
            }
        });
    }

    /** What is staged, by layer and change. */
    private Map<String, Map<String, List<FileEntry>>> found(Depot depot, Instant before) {
        Map<String, Map<String, List<FileEntry>>> found = new LinkedHashMap<>();
        try (Stream<FileEntry> staged = depot.list(Rn.prefix(depot.name(), StagedName.STAGING))) {
            staged.forEach(entry -> StagedName.of(entry.rn())
                    .ifPresentOrElse(
                            name -> found.computeIfAbsent(name.layer(), any -> new HashMap<>())
                                    .computeIfAbsent(name.transaction(), any -> new ArrayList<>())
                                    .add(entry),
                            () -> remove(depot, entry, before)));
        }
        return found;
    }

    private void settle(OpenLayer layer, Map<String, List<FileEntry>> changes, Instant before) {
        Markers markers = new Markers(layer);
        // Before the markers are asked for: what was under way then may have got its marker since.
        Set<String> underWay = Set.copyOf(pool.staging());
        Set<String> stored = markers.applied(changes::containsKey);
        changes.forEach((transaction, files) -> {
            if (underWay.contains(transaction)) {
                return;
            }
            if (!stored.contains(transaction)) {
                files.forEach(file -> remove(pool.depot(file.rn()), file, before));
                return;
            }
            files.forEach(file -> finish(file.rn()));
            if (reach != Reach.LOOK && layer.store().capabilities().access() == Capabilities.Access.READ_WRITE) {
                markers.delete(transaction);
            }
        });
    }

    private void finish(Rn<?> staged) {
        Rn<?> file = StagedName.of(staged).orElseThrow().file();
        if (reach == Reach.LOOK) {
            findings.accept(new Sweep.Unfinished(file));
            return;
        }
        if (pool.fileLocks().holding(List.of(file), () -> transitions.finish(staged, file))) {
            findings.accept(new Sweep.Unfinished(file));
        }
    }

    private void remove(Depot depot, FileEntry entry, Instant before) {
        if (entry.modified().isAfter(before) || reach == Reach.FINISH) {
            return;
        }
        if (reach == Reach.LOOK || depot.delete(entry.rn())) {
            findings.accept(new Sweep.Leftover(entry.rn()));
        }
    }

    /** Takes away markers that no staged file asks for any more: of changes whose end was cut off. */
    void prune(OpenLayer layer, Set<String> staged, long before) {
        Markers markers = new Markers(layer);
        markers.times(id -> id.startsWith(PREFIX)
                        && !staged.contains(id)
                        && !pool.staging().contains(id))
                .forEach((id, time) -> {
                    if (time <= before) {
                        markers.delete(id);
                    }
                });
    }
}
