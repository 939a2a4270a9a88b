package dev.korm.engine.commit;

import dev.korm.KormException;
import dev.korm.engine.context.PoolEvents;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.layer.TransactionMarkers;
import dev.korm.recovery.JournalException;
import dev.korm.spi.TransactionMarker;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.journal.Journal;
import dev.korm.spi.journal.JournalEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal of an open pool, and the order in which what it keeps goes: a change's markers are deleted only after its DONE entry is durable, since a
 * recovery that finds the change unfinished asks for them. DONE entries are not synced by themselves; they go along with the next append. Safe for
 * many threads.
 */
final class CommitLog {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.journal");

    /** Markers that are deleted together. */
    private static final int TOGETHER = 256;

    private final Journal journal;
    private final PoolEvents events;
    private final Environment environment;
    private final AtomicLong number = new AtomicLong();
    private final Queue<AtomicChange> finished = new ConcurrentLinkedQueue<>();

    private final ReentrantLock lock = new ReentrantLock();

    /** Changes whose markers may go, by their coordinators, whose markers go first. */
    private final Map<OpenLayer, List<AtomicChange>> deletable = new HashMap<>();

    /** Changes whose coordinators have no marker any more, by their other layers. */
    private final Map<OpenLayer, List<String>> followers = new HashMap<>();

    CommitLog(Journal journal, PoolEvents events, Environment environment) {
        this.journal = journal;
        this.events = events;
        this.environment = environment;
    }

    String newId() {
        return ChangeId.of(journal.run(), number.incrementAndGet());
    }

    /** Appends entries durably, and with them the end of changes that were finished before. */
    void append(List<JournalEntry> entries) {
        List<AtomicChange> done = new ArrayList<>();
        List<JournalEntry> all = new ArrayList<>(entries);
        for (AtomicChange change = finished.poll(); change != null; change = finished.poll()) {
            done.add(change);
            all.add(JournalEntry.done(change.id()));
        }
        if (!all.isEmpty()) {
            appendAll(all);
            done.forEach(this::deletable);
        }
    }

    private void appendAll(List<JournalEntry> all) {
        long began = environment.nanoTime();
        try {
            journal.append(all);
        } catch (JournalException failed) {
            events.journalFailed(failed);
            throw failed;
        }
        events.journalAppended(all.size(), environment.nanoTime() - began);
    }

    /** Notes that no marker of a run is left, which an entry says is over. */
    void finished(String run) {
        finished.add(new AtomicChange(
                new TransactionMarker(run, "", environment.clock().instant()),
                List.of(),
                AtomicCommits.Ending.BY_CALLER));
    }

    /** Notes that nothing of a change is left to do. */
    void finished(AtomicChange change) {
        finished.add(change);
    }

    private void deletable(AtomicChange change) {
        if (change.parts().isEmpty()) {
            return;
        }
        lock.lock();
        try {
            deletable
                    .computeIfAbsent(change.coordinator().layer(), any -> new ArrayList<>())
                    .add(change);
        } finally {
            lock.unlock();
        }
    }

    /** Deletes markers of which a layer has many. */
    void tidy() {
        tidy(TOGETHER);
    }

    private void tidy(int least) {
        taken(deletable, least).forEach((layer, changes) -> {
            // The marker of a coordinator says that those of its followers are still there: see TransactionMarkers.
            if (delete(layer, changes.stream().map(AtomicChange::id).toList())) {
                follow(changes);
            }
        });
        taken(followers, least).forEach(this::delete);
    }

    private void follow(List<AtomicChange> changes) {
        lock.lock();
        try {
            for (AtomicChange change : changes) {
                for (LayerBatch part : change.followers()) {
                    followers
                            .computeIfAbsent(part.layer(), any -> new ArrayList<>())
                            .add(change.id());
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean delete(OpenLayer layer, List<String> ids) {
        try {
            new TransactionMarkers(layer).delete(ids, environment);
            return true;
        } catch (KormException left) {
            // They are of no use and do no harm; a recovery of this run deletes them.
            LOG.warn(
                    "{} markers of finished changes stay in the layer \"{}\" until the next opening",
                    ids.size(),
                    layer.layer(),
                    left);
            return false;
        }
    }

    private <T> Map<OpenLayer, List<T>> taken(Map<OpenLayer, List<T>> from, int least) {
        Map<OpenLayer, List<T>> taken = new HashMap<>();
        lock.lock();
        try {
            from.forEach((layer, some) -> {
                if (some.size() >= least) {
                    taken.put(layer, some);
                }
            });
            taken.keySet().forEach(from::remove);
        } finally {
            lock.unlock();
        }
        return taken;
    }

    /** Ends the journal, with nothing left behind that was finished. */
    void close() {
        try {
            append(List.of());
            tidy(1);
        } catch (JournalException left) {
            // Whoever wrote last was told that the journal failed; the next opening finds these changes finished.
            LOG.warn("The journal does not say of the last changes that they are finished", left);
        } finally {
            journal.close();
        }
    }
}
