package dev.korm.engine.file;

import dev.korm.ClosedException;
import dev.korm.Rn;
import dev.korm.engine.depot.FileUse;
import dev.korm.engine.depot.OpenDepots;
import dev.korm.engine.item.PoolLayers;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.layer.TransactionMarkers;
import dev.korm.file.Sweep;
import dev.korm.spi.Capabilities;
import dev.korm.spi.TransactionMarker;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.FileEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The files that lie staged in a pool's depots: those of changes under way, and of changes that were cut off, by this program or
 * another one.
 *
 * <p>A change is <em>stored</em> when its layer has its marker. All its files were staged before the marker was written, so a look
 * into every depot that is taken after the marker was seen misses none of them: each is brought to its name, and when none is
 * left, the marker goes. Only a pool of the same id as the one that wrote it takes it away, since another may lack a depot of the
 * change's; and that of a change of several layers goes with its entry in the journal. A change without a marker that was staged long ago is <em>forbidden</em> first, by a marker that says so: it did not
 * happen, and if its program is only slow, its layer refuses it. Then its files are removed.
 *
 * <p>Whatever cannot be settled is set aside: it is told of, the marker of its change stays, and nothing else waits for it.
 */
public final class StagedFiles {
    /** How long a change stays forbidden, which is longer than any program waits before it stores what it has staged. */
    private static final Duration FORBIDDEN = Duration.ofDays(30);

    private final OpenDepots pool;
    private final PoolLayers layers;
    private final FileTransitions transitions;
    private final Consumer<Sweep.Finding> findings;
    private final Reach reach;
    private final Map<String, Instant> stale;
    private final Set<String> tried = new HashSet<>();
    private final Set<String> unfinished = new HashSet<>();

    /** The changes that layers have which did not decide about them, as far as they were asked for. */
    private final Map<String, Set<String>> markers = new HashMap<>();

    private boolean sawAll = true;

    /** The extent to which a sweep acts on what it finds. */
    enum Reach {
        /** Nothing. */
        LOOK,
        /** Finishes changes that happened. */
        FINISH,
        /** And what did not happen is removed. */
        CLEAN
    }

    /**
     * A change that has staged files.
     *
     * @param isRecent whether it may be under way still
     */
    private record Change(boolean isRecent) {
        Change and(Change other) {
            return new Change(isRecent || other.isRecent);
        }
    }

    /** @param stale by depot: what was staged until then, and has no marker, belongs to a change that never happened */
    StagedFiles(
            OpenDepots pool,
            PoolLayers layers,
            Reach reach,
            Map<String, Instant> stale,
            Consumer<Sweep.Finding> findings) {
        this.pool = pool;
        this.layers = layers;
        this.transitions = new FileTransitions(pool);
        this.reach = reach;
        this.stale = stale;
        this.findings = findings;
    }

    /**
     * Settles what is found at an opening, as far as it can be; nothing keeps the pool from being opened.
     *
     * @return whether files of a change may still be staged
     */
    public static Predicate<String> atOpening(OpenDepots pool, PoolLayers layers, Consumer<Sweep.Finding> findings) {
        StagedFiles staged = new StagedFiles(pool, layers, Reach.FINISH, Map.of(), findings);
        Map<String, Map<String, Change>> found = new LinkedHashMap<>();
        for (String depot : pool.names()) {
            staged.setAsideWhereItFails(
                    Rn.prefix(depot, StagedName.STAGING), () -> staged.find(pool.depot(depot), found));
        }
        found.forEach((layer, changes) -> {
            Rn<?> place = StagedName.prefix(pool.names().get(0), layer);
            staged.setAsideWhereItFails(place, () -> staged.settle(layer, changes));
        });
        return change -> !staged.sawAll || staged.unfinished.contains(change);
    }

    private void setAsideWhereItFails(Rn<?> place, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException failed) {
            sawAll = false;
            setAside(place, place, failed);
        }
    }

    /** Returns whether a change of any program has staged a file that it may still bring to a name. */
    static boolean isStaged(OpenDepots pool, Rn<?> file) {
        Depot depot = pool.depot(file);
        try (Stream<FileEntry> staged = depot.list(Rn.prefix(depot.name(), StagedName.STAGING))) {
            return staged.anyMatch(entry -> StagedName.of(entry.rn())
                    .filter(name -> name.file().equals(file))
                    .isPresent());
        }
    }

    /** Settles what is staged in any depot. */
    void settle() {
        Map<String, Map<String, Change>> found = new LinkedHashMap<>();
        pool.names().forEach(depot -> find(pool.depot(depot), found));
        found.forEach(this::settle);
    }

    /** Adds what is staged in a depot, by layer and change. */
    private void find(Depot depot, Map<String, Map<String, Change>> found) {
        try (Stream<FileEntry> staged = depot.list(Rn.prefix(depot.name(), StagedName.STAGING))) {
            staged.forEach(entry -> StagedName.of(entry.rn())
                    .ifPresentOrElse(
                            name -> found.computeIfAbsent(name.layer(), any -> new LinkedHashMap<>())
                                    .merge(name.transaction(), new Change(isRecent(entry)), Change::and),
                            () -> removeForeign(entry)));
        }
    }

    /** Removes what lies among staged files and has none of their names, when it is old. */
    private void removeForeign(FileEntry entry) {
        if (!isRecent(entry)) {
            remove(entry);
        }
    }

    private boolean isRecent(FileEntry entry) {
        return entry.modified().isAfter(stale.getOrDefault(entry.rn().depot().orElseThrow(), Instant.MIN));
    }

    private void settle(String name, Map<String, Change> changes) {
        if (!layers.names().contains(name)) {
            return;
        }
        OpenLayer layer = layers.layer(name);
        // Before the markers are asked for: what was under way then may have got its marker since.
        Set<String> underWay = Set.copyOf(pool.staging());
        Map<String, TransactionMarker> stored = new TransactionMarkers(layer).find(changes::containsKey);
        changes.forEach((transaction, change) -> {
            if (!underWay.contains(transaction)) {
                settle(layer, transaction, change, Optional.ofNullable(stored.get(transaction)));
            }
        });
    }

    private void settle(OpenLayer layer, String transaction, Change change, Optional<TransactionMarker> marker) {
        Optional<TransactionMarker> decided =
                marker.isEmpty() && !change.isRecent() && reach == Reach.CLEAN ? forbidden(layer, transaction) : marker;
        if (decided.filter(StagedFiles::isApplied).isPresent()) {
            finish(layer, transaction, decided.get());
        } else if (decided.isPresent() || (!change.isRecent() && reach == Reach.LOOK)) {
            staged(layer, transaction).forEach(this::remove);
        }
    }

    private static boolean isApplied(TransactionMarker marker) {
        return marker.state() == TransactionMarker.State.APPLIED;
    }

    /** Sees to it that a change cannot happen any more, and returns what is decided about it; empty where nobody may decide that. */
    private Optional<TransactionMarker> forbidden(OpenLayer layer, String transaction) {
        if (!isWritable(layer) || !StagedName.isTransaction(transaction)) {
            return Optional.empty();
        }
        TransactionMarkers markers = new TransactionMarkers(layer);
        TransactionMarker marker = new TransactionMarker(transaction, pool.id(), pool.now());
        return markers.forbid(marker) == TransactionMarker.State.FORBIDDEN
                ? Optional.of(marker.forbidding())
                : Optional.ofNullable(markers.find(transaction::equals).get(transaction));
    }

    /** Takes away the markers that are of no use any more, as of changes whose files are all at their names. */
    void prune(OpenLayer layer, Instant before) {
        if (!isWritable(layer)) {
            return;
        }
        TransactionMarkers markers = new TransactionMarkers(layer);
        Instant forgotten = pool.now().minus(FORBIDDEN);
        markers.find(id -> StagedName.isOfOneLayer(id)
                        && !tried.contains(id)
                        && !pool.staging().contains(id))
                .forEach((transaction, marker) -> {
                    if (!isApplied(marker)) {
                        if (marker.time().isBefore(forgotten)) {
                            markers.delete(transaction);
                        }
                    } else if (!marker.time().isAfter(before)) {
                        finish(layer, transaction, marker);
                    }
                });
    }

    private static boolean isWritable(OpenLayer layer) {
        return layer.store().capabilities().access() == Capabilities.Access.READ_WRITE;
    }

    /** Brings all files of a stored change to their names. */
    private void finish(OpenLayer layer, String transaction, TransactionMarker marker) {
        boolean whole = true;
        tried.add(transaction);
        for (FileEntry file : staged(layer, transaction)) {
            whole &= hasItem(layer, transaction, file.rn()) && finish(file.rn());
        }
        if (!whole) {
            unfinished.add(transaction);
        }
        if (whole
                && reach != Reach.LOOK
                && StagedName.isOfOneLayer(transaction)
                && marker.pool().equals(pool.id())
                && isWritable(layer)) {
            new TransactionMarkers(layer).delete(transaction);
        }
    }

    /**
     * Returns whether the layer of a file's item has its part of the change. A change of several layers may be decided and not be there yet, or
     * never come there since others were faster: then the file's name is theirs.
     */
    private boolean hasItem(OpenLayer decides, String transaction, Rn<?> staged) {
        try {
            String layer = transitions.layer(staged).orElse(decides.layer());
            if (layer.equals(decides.layer()) || !layers.names().contains(layer)) {
                return layer.equals(decides.layer());
            }
            return markers.computeIfAbsent(layer, any -> applied(layers.layer(layer)))
                    .contains(transaction);
        } catch (RuntimeException failed) {
            setAside(StagedName.of(staged).orElseThrow().file(), staged, failed);
            return false;
        }
    }

    private static Set<String> applied(OpenLayer layer) {
        Set<String> applied = new HashSet<>();
        new TransactionMarkers(layer).find(StagedName::isTransaction).forEach((id, marker) -> {
            if (isApplied(marker)) {
                applied.add(id);
            }
        });
        return applied;
    }

    /**
     * Removes the staged files of a change which belong to items that it does not write after all.
     *
     * @param layer that decided about the change
     * @param items with their layers
     */
    public static void giveUp(OpenDepots pool, OpenLayer layer, String change, Collection<Rn<?>> items) {
        FileTransitions transitions = new FileTransitions(pool);
        Set<String> series = new HashSet<>();
        items.forEach(item -> series.add(FileTransitions.series(item.layer().orElseThrow(), item)));
        for (String depot : pool.names()) {
            try (Stream<FileEntry> staged = pool.depot(depot).list(StagedName.prefix(depot, layer.layer(), change))) {
                staged.map(FileEntry::rn)
                        .filter(file -> transitions
                                .series(file)
                                .filter(series::contains)
                                .isPresent())
                        .toList()
                        .forEach(file -> pool.depot(depot).delete(file));
            }
        }
    }

    /** Returns the files of a change that are staged now, in any depot. */
    private List<FileEntry> staged(OpenLayer layer, String transaction) {
        List<FileEntry> all = new ArrayList<>();
        for (String depot : pool.names()) {
            try (Stream<FileEntry> staged =
                    pool.depot(depot).list(StagedName.prefix(depot, layer.layer(), transaction))) {
                staged.filter(entry -> StagedName.of(entry.rn()).isPresent()).forEach(all::add);
            }
        }
        return all;
    }

    /** Finishes a file, and returns whether nothing of it is left to do. */
    private boolean finish(Rn<?> staged) {
        Rn<?> file = StagedName.of(staged).orElseThrow().file();
        if (reach == Reach.LOOK) {
            findings.accept(new Sweep.Unfinished(file));
            return false;
        }
        try {
            FileUse use = FileUse.of("the end of a change that was cut off");
            if (pool.fileLocks().holding(file, use, () -> transitions.finish(staged, file))) {
                findings.accept(new Sweep.Unfinished(file));
            }
            return true;
        } catch (RuntimeException failed) {
            setAside(file, staged, failed);
            return false;
        }
    }

    /** Sets something aside, unless what failed is the look itself. */
    private void setAside(Rn<?> file, Rn<?> staged, RuntimeException reason) {
        if (reason instanceof ClosedException || Thread.currentThread().isInterrupted()) {
            throw reason;
        }
        findings.accept(new Sweep.SetAside(file, staged, reason));
    }

    /** Removes what no change needs any more, unless this is only a look, or an opening, which leaves that to a sweep. */
    private void remove(FileEntry entry) {
        if (reach == Reach.LOOK
                || (reach == Reach.CLEAN && pool.depot(entry.rn()).delete(entry.rn()))) {
            findings.accept(new Sweep.Leftover(entry.rn()));
        }
    }
}
