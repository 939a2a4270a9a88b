package dev.korm.engine.commit;

import dev.korm.KormException;
import dev.korm.Rn;
import dev.korm.engine.context.PoolEvents;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.layer.TransactionMarkers;
import dev.korm.recovery.JournalException;
import dev.korm.recovery.QuarantinedChange;
import dev.korm.recovery.RecoveryReport;
import dev.korm.recovery.Resolution;
import dev.korm.spi.TransactionMarker;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.journal.Journal;
import dev.korm.spi.journal.JournalEntry;
import dev.korm.spi.journal.JournalEntry.Kind;
import dev.korm.spi.journal.UnfinishedEntries;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finishes what runs that are over have left in the journal.
 *
 * <p>Each change is first forbidden in its coordinator's layer. Where that comes too late the change was decided, and its followers are made; else it never
 * happened and never will. What cannot be finished now is appended to the journal of this run before the old ones are forgotten: so recovery can be
 * cut off anywhere and begun again. Markers go last: of runs that have some still it is noted before their logs are forgotten, since nothing but the log of a run names it.
 *
 * <p>A change that a follower refuses, since others have changed the same items, is quarantined. One whose layer does not answer is kept for {@link
 * #retry}. Safe for many threads; one recovers at a time.
 */
public final class JournalRecovery {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.journal");

    /** Changes that are looked at together. */
    private static final int PORTION = 500;

    /** Markers whose ids are held at once, to be deleted. */
    private static final int MARKERS = 10_000;

    private final Journal journal;
    private final PoolEvents events;
    private final Environment environment;
    private final CommitLog log;
    private final Map<String, OpenLayer> layers;
    private final Followers followers;
    private final ReentrantLock lock = new ReentrantLock();

    /** Changes that are not finished, in the order in which they were found. */
    private final ConcurrentMap<String, Unsettled> unsettled = new ConcurrentHashMap<>();

    /** Changes whose items are stored and whose files may not be at their names. */
    private final ConcurrentMap<String, AtomicChange> withFiles = new ConcurrentHashMap<>();

    /** Runs that are over and whose markers may be of use: until the files of their changes were looked at. */
    private final Set<String> over = new HashSet<>();

    /** Those of them of which the journal of this run says so. */
    private final Set<String> noted = new HashSet<>();

    private volatile RecoveryReport opening = new RecoveryReport(0, 0, 0, 0, 0);

    /**
     * A change that is not finished.
     *
     * @param missing what is known to be missing
     * @param isDecided whether it has happened; else its coordinator has not been asked yet, and nothing is made of it
     */
    private record Unsettled(Followers.Decided change, List<Followers.Missing> missing, boolean isDecided) {
        boolean isQuarantined() {
            return missing.stream().anyMatch(each -> each.failure() == null);
        }
    }

    /** The counts of what was found so far. */
    private static final class Count {
        final long began;
        long found;
        long finished;
        long dropped;
        long unreachable;
        long quarantined;

        Count(long began) {
            this.began = began;
        }

        RecoveryReport report() {
            return new RecoveryReport(found, finished, dropped, unreachable, quarantined);
        }
    }

    JournalRecovery(
            Journal journal, CommitLog log, Map<String, OpenLayer> layers, PoolEvents events, Environment environment) {
        this.events = events;
        this.environment = environment;
        this.journal = journal;
        this.log = log;
        this.layers = layers;
        this.followers = new Followers(layers);
    }

    /** Recovers at the opening of a pool, before its staged files are looked at, for which {@link #filesSettled} waits. */
    public void begin() {
        opening = recover(begun());
    }

    /**
     * Ends the changes whose files are all at their names, and deletes the markers of runs that are over. Not before: the marker of a change of one
     * layer with files is all that says that it happened, since the journal does not know it.
     *
     * @param isLeft whether a change may have files that are not at their names
     */
    public void filesSettled(Predicate<String> isLeft) {
        lock.lock();
        try {
            withFiles.forEach((id, change) -> {
                if (!isLeft.test(id)) {
                    log.finished(change);
                    withFiles.remove(id);
                }
            });
            log.append(List.of());
            if (!over.isEmpty()) {
                boolean all = true;
                // The coordinator of a change comes before its followers.
                for (OpenLayer layer : layers.values()) {
                    all = all && deleteMarkers(layer, marker -> marker.isOfCoordinator(layer.layer()), isLeft);
                }
                for (OpenLayer layer : layers.values()) {
                    all = all && deleteMarkers(layer, marker -> true, isLeft);
                }
                if (all) {
                    over.clear();
                    noted.forEach(log::finished);
                    noted.clear();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Keeps a change that this run has decided and could not finish. */
    void keep(String id, RedoRecord redo, List<Followers.Missing> missing) {
        unsettled.put(id, new Unsettled(new Followers.Decided(id, redo), missing, true));
        noteQuarantined(id);
    }

    private void noteQuarantined(String id) {
        Unsettled change = unsettled.get(id);
        if (change != null && change.isQuarantined()) {
            events.quarantined(report(change));
        }
    }

    public RecoveryReport atOpening() {
        return opening;
    }

    public List<QuarantinedChange> quarantined() {
        return unsettled.values().stream()
                .filter(Unsettled::isQuarantined)
                .map(JournalRecovery::report)
                .sorted(Comparator.comparing(QuarantinedChange::time))
                .toList();
    }

    private static QuarantinedChange report(Unsettled change) {
        RedoRecord redo = change.change().redo();
        List<QuarantinedChange.Missing> missing =
                change.missing().stream().map(Followers.Missing::report).toList();
        List<String> without =
                missing.stream().map(QuarantinedChange.Missing::layer).toList();
        return new QuarantinedChange(
                change.change().id(),
                redo.time(),
                redo.parts().stream()
                        .map(RedoRecord.Part::layer)
                        .filter(layer -> !without.contains(layer))
                        .toList(),
                missing);
    }

    /** Returns whether files of what recovery has found may not be at their names, or markers wait for it. */
    public boolean hasFiles() {
        lock.lock();
        try {
            return !withFiles.isEmpty() || !over.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    public RecoveryReport retry() {
        return retry(change -> true);
    }

    /** Tries again what layers did not answer to, and takes what runs have left that are over by now; leaves alone what is quarantined. */
    public RecoveryReport retryUnreachable() {
        return retry(change -> !change.isQuarantined());
    }

    private RecoveryReport retry(Predicate<Unsettled> which) {
        Count count = begun();
        lock.lock();
        try {
            List<Unsettled> again = unsettled.values().stream().filter(which).toList();
            count.found += again.size();
            again(again, count);
        } finally {
            lock.unlock();
        }
        return recover(count);
    }

    private void again(List<Unsettled> changes, Count count) {
        List<Followers.Decided> decided = new ArrayList<>();
        List<Followers.Decided> asked = new ArrayList<>();
        for (Unsettled change : changes) {
            (change.isDecided() ? decided : asked).add(change.change());
        }
        List<Followers.Decided> since = decided(asked, count, new ArrayList<>());
        decided.addAll(since);
        asked.removeAll(since);
        for (Followers.Decided change : asked) {
            if (unsettled.get(change.id()) == null) {
                log.finished(change(change));
            }
        }
        Map<String, List<Followers.Missing>> missing = followers.follow(decided);
        for (Followers.Decided change : decided) {
            List<Followers.Missing> still = missing.get(change.id());
            if (still == null) {
                unsettled.remove(change.id());
                count.finished++;
                finished(change);
            } else {
                count(count, still);
                unsettled.put(change.id(), new Unsettled(change, still, true));
            }
        }
    }

    private Count begun() {
        events.recoveryBegun();
        return new Count(environment.nanoTime());
    }

    private RecoveryReport recover(Count count) {
        lock.lock();
        try (UnfinishedEntries entries = journal.unfinished()) {
            Set<String> runs = new HashSet<>();
            List<Followers.Decided> portion = new ArrayList<>(PORTION);
            for (Optional<JournalEntry> entry = entries.next(); entry.isPresent(); entry = entries.next()) {
                String id = entry.get().change();
                if (entry.get().kind() == Kind.OVER) {
                    runs.add(id);
                    continue;
                }
                portion.add(new Followers.Decided(
                        id, RedoFormat.read(id, entry.get().body())));
                if (portion.size() == PORTION) {
                    settle(portion, count);
                    portion.clear();
                }
            }
            settle(portion, count);
            runs.addAll(entries.runs());
            note(runs);
            entries.forget();
            over.addAll(runs);
        } finally {
            lock.unlock();
        }
        RecoveryReport report = count.report();
        events.recoveryEnded(report, environment.nanoTime() - count.began);
        return report;
    }

    /** Notes those of some runs that have markers left, before their logs are forgotten. */
    private void note(Set<String> runs) {
        Set<String> left = new HashSet<>();
        for (OpenLayer layer : runs.isEmpty() ? List.<OpenLayer>of() : layers.values()) {
            try {
                new TransactionMarkers(layer).find(id -> ChangeId.run(id)
                        .filter(runs::contains)
                        .filter(left::add)
                        .isPresent());
            } catch (KormException unanswered) {
                left.addAll(runs);
            }
        }
        left.removeAll(noted);
        if (!left.isEmpty()) {
            log.append(left.stream().sorted().map(JournalEntry::over).toList());
            noted.addAll(left);
        }
    }

    private void settle(List<Followers.Decided> portion, Count count) {
        count.found += portion.size();
        List<JournalEntry> kept = new ArrayList<>();
        List<Followers.Decided> decided = decided(portion, count, kept);
        Map<String, List<Followers.Missing>> missing = followers.follow(decided);
        for (Followers.Decided change : decided) {
            List<Followers.Missing> without = missing.get(change.id());
            if (without != null) {
                count(count, without);
                unsettled.put(change.id(), new Unsettled(change, without, true));
                noteQuarantined(change.id());
                kept.add(entry(change));
            } else {
                count.finished++;
                if (change.redo().hasFiles()) {
                    withFiles.put(change.id(), change(change));
                    kept.add(entry(change));
                }
            }
        }
        if (!kept.isEmpty()) {
            log.append(kept);
        }
    }

    private JournalEntry entry(Followers.Decided change) {
        Unsettled left = unsettled.get(change.id());
        Kind kind = left != null && left.isQuarantined() ? Kind.QUARANTINED : Kind.PREPARED;
        return new JournalEntry(kind, change.id(), RedoFormat.write(change.redo()));
    }

    private static void count(Count count, List<Followers.Missing> missing) {
        if (missing.stream().anyMatch(each -> each.failure() == null)) {
            count.quarantined++;
        } else {
            count.unreachable++;
        }
    }

    /** Returns the changes of a portion that were decided; sees to it that the others never will be. */
    private List<Followers.Decided> decided(List<Followers.Decided> portion, Count count, List<JournalEntry> kept) {
        Map<String, List<Followers.Decided>> byCoordinator = new HashMap<>();
        for (Followers.Decided change : portion) {
            byCoordinator
                    .computeIfAbsent(change.redo().coordinator().layer(), any -> new ArrayList<>())
                    .add(change);
        }
        List<Followers.Decided> decided = new ArrayList<>();
        byCoordinator.forEach((name, changes) -> {
            OpenLayer layer = layers.get(name);
            if (layer == null) {
                changes.forEach(change -> unknown(change, "The pool has no layer of this name", null, count, kept));
                return;
            }
            try {
                TransactionMarkers markers = new TransactionMarkers(layer);
                Set<String> ids =
                        Set.copyOf(changes.stream().map(Followers.Decided::id).toList());
                Map<String, TransactionMarker.State> states = new HashMap<>();
                markers.find(ids).forEach((id, marker) -> states.put(id, marker.state()));
                states.putAll(markers.forbid(changes.stream()
                        .filter(change -> !states.containsKey(change.id()))
                        .map(Followers.Decided::marker)
                        .toList()));
                for (Followers.Decided change : changes) {
                    if (states.get(change.id()) == TransactionMarker.State.APPLIED) {
                        decided.add(change);
                    } else {
                        count.dropped++;
                        unsettled.remove(change.id());
                    }
                }
            } catch (KormException failed) {
                decided.removeAll(changes);
                changes.forEach(change -> unknown(change, "The layer did not answer", failed, count, kept));
            }
        });
        return decided;
    }

    private void unknown(
            Followers.Decided change,
            String reason,
            @Nullable KormException failure,
            Count count,
            List<JournalEntry> kept) {
        RedoRecord.Part part = change.redo().coordinator();
        Followers.Missing missing = new Followers.Missing(
                new QuarantinedChange.Missing(part.layer(), Followers.items(part), reason), failure);
        count(count, List.of(missing));
        unsettled.put(change.id(), new Unsettled(change, List.of(missing), false));
        noteQuarantined(change.id());
        kept.add(entry(change));
    }

    /** Deletes the markers of runs that are over, but for those that are asked for still; returns whether no other is left. */
    private boolean deleteMarkers(
            OpenLayer layer, Predicate<TransactionMarkers.Found> which, Predicate<String> isLeft) {
        try {
            TransactionMarkers markers = new TransactionMarkers(layer);
            AtomicBoolean isAll = new AtomicBoolean(true);
            Predicate<TransactionMarkers.Found> deleted = marker -> {
                boolean isOver = which.test(marker) && isOver(marker.id());
                if (isOver && isLeft.test(marker.id())) {
                    isAll.set(false);
                    return false;
                }
                return isOver;
            };
            List<String> ids = markers.ids(deleted, MARKERS);
            while (!ids.isEmpty()) {
                markers.delete(ids, environment);
                ids = ids.size() < MARKERS ? List.of() : markers.ids(deleted, MARKERS);
            }
            return isAll.get();
        } catch (KormException left) {
            LOG.warn("Markers of finished changes stay in the layer \"{}\"", layer.layer(), left);
            return false;
        }
    }

    /** Returns whether a marker is of a change that is finished, of a run that is over. */
    private boolean isOver(String id) {
        return ChangeId.run(id).filter(over::contains).isPresent()
                && !unsettled.containsKey(id)
                && !withFiles.containsKey(id);
    }

    private void finished(Followers.Decided change) {
        if (change.redo().hasFiles()) {
            withFiles.put(change.id(), change(change));
        } else {
            log.finished(change(change));
        }
    }

    /** Returns what is left of a change whose items are stored: its markers. */
    private AtomicChange change(Followers.Decided change) {
        List<LayerBatch> parts = new ArrayList<>();
        for (RedoRecord.Part part : change.redo().parts()) {
            OpenLayer layer = layers.get(part.layer());
            if (layer != null) {
                parts.add(new LayerBatch(layer, List.of()));
            }
        }
        return new AtomicChange(change.marker(), parts, AtomicCommits.Ending.BY_CALLER);
    }

    /** The end of files of items that a quarantined change does not write after all. */
    public interface GivenUp {
        /**
         * Gives the staged file of an item up, before anything says that the change is done with.
         *
         * @param coordinator that decided about the change
         */
        void accept(OpenLayer coordinator, Rn<?> item);
    }

    /**
     * Settles a quarantined change, but for its files. {@link #filesSettled} ends it when those are dealt with.
     *
     * @throws JournalException when it is not quarantined, or is to be written to a layer that the pool does not have
     */
    public void resolve(String id, Resolution resolution, GivenUp files) {
        lock.lock();
        try {
            Unsettled change = unsettled.get(id);
            if (change == null || !change.isQuarantined()) {
                throw new JournalException(
                        "There is no quarantined change \"" + id
                                + "\" in this pool, whose quarantined changes pool.recovery().quarantined() lists: somebody has settled it, or another program that runs has found it first, and it is settled there or once that has ended",
                        null);
            }
            Set<String> without = new LinkedHashSet<>();
            change.missing().forEach(missing -> without.add(missing.report().layer()));
            for (String layer : without) {
                if (resolution != Resolution.FORGET && !layers.containsKey(layer)) {
                    throw new JournalException(
                            "The change " + id
                                    + " was not resolved, and nothing was written: it has a part in the layer \""
                                    + layer
                                    + "\", which the pool does not have. Open the pool with it, or resolve the change with FORGET",
                            null);
                }
            }
            OpenLayer coordinator =
                    layers.get(change.change().redo().coordinator().layer());
            for (RedoRecord.Part part : change.change().redo().parts()) {
                OpenLayer layer = layers.get(part.layer());
                if (without.contains(part.layer()) && layer != null) {
                    new ForcedPart(layer, part, mutation -> {
                                if (coordinator != null && mutation.table().isItems()) {
                                    files.accept(coordinator, Followers.item(part.layer(), mutation));
                                }
                            })
                            .apply(resolution, change.change().marker());
                }
            }
            unsettled.remove(id);
            finished(change.change());
            log.append(List.of());
        } finally {
            lock.unlock();
        }
    }
}
