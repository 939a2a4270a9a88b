package dev.korm.engine.commit;

import dev.korm.ConfigurationException;
import dev.korm.OperationInterruptedException;
import dev.korm.StoreBusyException;
import dev.korm.StoreException.Outcome;
import dev.korm.concurrent.CombiningQueue;
import dev.korm.engine.context.PoolEvents;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.layer.WholeChange;
import dev.korm.recovery.IncompleteChangeException;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Capabilities;
import dev.korm.spi.Capabilities.Feature;
import dev.korm.spi.Mutation;
import dev.korm.spi.TransactionMarker;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.environment.Scheduler;
import dev.korm.spi.environment.SurroundingTransaction;
import dev.korm.spi.journal.Journal;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Commits changes of several layers, all or nothing through a crash of this program and of the machine. Safe for many threads.
 *
 * <p><b>Protocol.</b> One of the layers is the <em>coordinator</em>; its marker is the decision.
 *
 * <ol>
 *   <li><em>Prepare.</em> Every layer makes its part in a transaction that stays open, the marker first. What is refused here is refused as a whole, and
 *       nothing happened anywhere. Layers are taken in one order by everybody ({@link AtomicChange#ORDER}).
 *   <li><em>Log.</em> All parts are appended to the journal and synced. Nothing is decided yet.
 *   <li><em>Decide.</em> The coordinator commits. From then on the change has happened. It is the layer that is prepared last; but where files are staged, the one in whose name they
 *       are, since who asks for it by their names forbids the change there.
 *   <li><em>Follow.</em> The other layers commit. What fails here is made again from what was logged; a marker that is there already says that it need
 *       not be.
 *   <li><em>Done</em> is logged, together with a later change. When it is durable, the markers are deleted, that of the coordinator first. A change with files is done when they are at their
 *       names.
 * </ol>
 *
 * <p><b>What holds at each step.</b> Until the coordinator has committed, no layer has committed anything: a crash rolls all of it back by itself, and nothing
 * has ever to be undone. A recovery that finds a change in the journal <em>forbids</em> it in the coordinator's layer by the same key: either that is
 * refused, since the marker is there, and the followers are made; or it is stored, and whoever comes late is refused by the store. So the journal need
 * not say what was decided, and two recoveries cannot disagree. Whoever has not even the journal, such as a sweep of staged files, may forbid as well.
 *
 * <p><b>Who owns what.</b> Changes of the same layers that come at the same time are committed together ({@link CommitGroup}), by one of their threads, with one
 * sync of the journal and one commit of each layer.
 */
public final class AtomicCommits implements AutoCloseable {
    /** How long a prepared transaction stays open at the most, and how long a change waits for its turn. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final String pool;
    private final Environment environment;
    private final PoolEvents events;
    private final @Nullable CommitLog log;
    private final @Nullable JournalRecovery recovery;
    private final Followers followers;
    private final List<String> layerNames;
    private final Map<List<String>, CombiningQueue<PendingCommit>> queues = new ConcurrentHashMap<>();

    private final Map<String, AtomicChange> unended = new ConcurrentHashMap<>();

    /** Shared by all changes under way; whoever has it alone sees none half done. Fair, so that he gets it. */
    private final ReentrantReadWriteLock underWay = new ReentrantReadWriteLock(true);

    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Scheduler deadlines;

    /**
     * Makes what commits the changes of a pool.
     *
     * @param journal null where the pool has none: then there is nothing that could commit several layers
     * @param layers of the pool, by name
     */
    public AtomicCommits(
            String pool,
            @Nullable Journal journal,
            Map<String, OpenLayer> layers,
            PoolEvents events,
            Environment environment) {
        this.pool = pool;
        this.environment = environment;
        this.events = events;
        this.followers = new Followers(layers);
        this.layerNames = List.copyOf(layers.keySet());
        this.log = journal == null ? null : new CommitLog(journal, events, environment);
        this.recovery =
                journal == null || log == null ? null : new JournalRecovery(journal, log, layers, events, environment);
    }

    /** Returns who finishes what earlier runs were cut off in; empty without a journal. */
    public Optional<JournalRecovery> recovery() {
        return Optional.ofNullable(recovery);
    }

    /** Returns whether changes of several layers can be made. */
    public boolean isAvailable() {
        return log != null;
    }

    /** Returns an id for a change, which no other has or had; empty without a journal. */
    public Optional<String> newId() {
        return log == null ? Optional.empty() : Optional.of(log.newId());
    }

    /** Returns the layer of several whose marker decides. */
    public static OpenLayer coordinator(List<OpenLayer> layers) {
        return layers.size() == 1
                ? layers.get(0)
                : layers.stream().max(AtomicChange.ORDER).orElseThrow();
    }

    /** The observer of a change's end, told when nothing is left to do for it. */
    public enum Ending {
        /** It is over when all layers have it. */
        BY_COMMIT,
        /** The caller has something to do after it, such as to bring files to their names, and calls {@link #end}. */
        BY_CALLER
    }

    /**
     * The result of a change.
     *
     * @param layer that refused it; null when it is stored in all
     * @param result of that layer's part; of all when it is stored
     */
    public record Result(@Nullable OpenLayer layer, BatchResult result) {}

    /**
     * Checks that no transaction of somebody else is to take changes of several layers along, which would be decided before that is.
     *
     * @throws ConfigurationException when there is one around the thread's work
     */
    public static void requireNotSurrounded(Collection<OpenLayer> changed) {
        Optional<SurroundingTransaction> around = SurroundingTransaction.ofThread();
        if (around.isPresent()) {
            throw new ConfigurationException(
                    "The transaction that somebody else has begun on the database of the layer \""
                            + around.get().layer() + "\" cannot take a change along that reaches several layers ("
                            + changed.stream().map(OpenLayer::layer).collect(Collectors.joining(", "))
                            + "), such as a deletion with what refers to the item; nothing was written. Make it in a transaction of the pool:"
                            + " pool.transaction(…), or with Spring @KormTransactional in place of @Transactional");
        }
    }

    /**
     * Makes the changes of all layers or none.
     *
     * @param id of the change, from {@link #newId}
     * @param parts of different layers, two or more
     * @param decides the layer of the parts whose marker decides; empty: the last in the order in which layers are taken
     * @param ending who says when nothing is left to do for the change
     * @throws ConfigurationException when the pool has no journal, or one of the layers cannot take part
     * @throws dev.korm.StoreException when a layer fails; its outcome says what is known of the whole change
     * @throws dev.korm.recovery.IncompleteChangeException when it was decided and a layer could not follow
     * @throws dev.korm.recovery.JournalException when the journal fails; nothing was stored
     */
    public Result commit(String id, List<LayerBatch> parts, Optional<OpenLayer> decides, Ending ending) {
        List<OpenLayer> changed = parts.stream().map(LayerBatch::layer).toList();
        requireNotSurrounded(changed);
        requireAble(changed);
        for (LayerBatch part : parts) {
            requireRows(part);
        }
        OpenLayer coordinator = decides.filter(changed::contains).orElseGet(() -> coordinator(changed));
        List<String> coordinatorFirst = Stream.concat(
                        Stream.of(coordinator),
                        changed.stream()
                                .filter(layer -> !layer.equals(coordinator))
                                .sorted(AtomicChange.ORDER.reversed()))
                .map(OpenLayer::layer)
                .toList();
        TransactionMarker marker =
                new TransactionMarker(id, pool, environment.clock().instant(), coordinatorFirst);
        WholeChange whole = new WholeChange(coordinatorFirst);
        PendingCommit pending = new PendingCommit(new AtomicChange(
                marker, parts.stream().map(part -> part.recorded(whole)).toList(), ending));
        Result outcome;
        try {
            begin(pending.change());
            try {
                if (!queue(pending.change()).work(pending, PATIENCE.toNanos())) {
                    throw notInTime(pending.change());
                }
                outcome = pending.outcome();
            } finally {
                underWay.readLock().unlock();
            }
            if (outcome.layer() == null) {
                events.changeStored(id, pending.change().layers());
            }
        } catch (IncompleteChangeException incomplete) {
            events.changeIncomplete(incomplete);
            throw incomplete;
        } finally {
            events.tell();
        }
        if (outcome.layer() == null && ending == Ending.BY_CALLER) {
            unended.put(id, pending.change());
        }
        return outcome;
    }

    private void begin(AtomicChange change) {
        try {
            if (underWay.readLock().tryLock(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        throw notInTime(change);
    }

    /**
     * Does something short while no change of this pool is half done. Changes that come meanwhile wait.
     *
     * @param patience how long those under way are waited for
     * @throws StoreBusyException when they have not ended by then; nothing was done
     */
    public <T> T between(Duration patience, Supplier<T> work) {
        try {
            if (!underWay.writeLock().tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new StoreBusyException(
                        String.join(", ", layerNames),
                        "Changes of several layers did not end within " + patience.toSeconds()
                                + " s, so there was no moment between them. Try again",
                        Outcome.NOT_APPLIED,
                        null);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException(
                    "Waiting for changes of several layers", Outcome.NOT_APPLIED, interrupted);
        }
        try {
            return work.get();
        } finally {
            underWay.writeLock().unlock();
        }
    }

    /** Ends a change that was stored in all layers, after its caller has done the rest. */
    public void end(String id) {
        AtomicChange change = unended.remove(id);
        if (change != null) {
            log().finished(change);
        }
    }

    private CombiningQueue<PendingCommit> queue(AtomicChange change) {
        return queues.computeIfAbsent(change.layers(), any -> new CombiningQueue<>(group()));
    }

    private CommitGroup group() {
        return new CommitGroup(
                log(), environment, deadlines(), PATIENCE, followers, Objects.requireNonNull(recovery)::keep);
    }

    private CommitLog log() {
        if (log == null) {
            throw new IllegalStateException("Without a journal there is nothing to commit with");
        }
        return log;
    }

    private Scheduler deadlines() {
        lock.lock();
        try {
            if (deadlines == null) {
                deadlines = environment.scheduler("korm-commit-deadlines");
            }
            return deadlines;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Refuses a change of several layers that cannot be made whole, before anything is done for it.
     *
     * @throws ConfigurationException when the pool has no journal, or one of the layers cannot take part
     */
    public void requireAble(Collection<OpenLayer> layers) {
        String touched = "The change touches the layers "
                + String.join(
                        ", ", layers.stream().map(OpenLayer::layer).sorted().toList());
        if (log == null) {
            throw new ConfigurationException(touched
                    + ", and the pool has no journal to make it whole with. Add one when the pool is made, such as"
                    + " .withWal(Wal.at(Path.of(\"journal\"))), or change the items of each layer by themselves");
        }
        for (OpenLayer layer : layers) {
            Capabilities able = layer.store().capabilities();
            if (!able.has(Feature.DURABLE)) {
                throw new ConfigurationException(touched + ", and \"" + layer.layer()
                        + "\" may lose what it has acknowledged in a power cut, so the change would not be whole. Open the layer"
                        + " with full durability, or change its items by themselves");
            }
            if (!able.has(Feature.HELD_TRANSACTIONS)) {
                throw new ConfigurationException(touched + ", and \"" + layer.layer()
                        + "\" cannot keep a transaction open, so it takes no part in changes of several layers. Change its items"
                        + " by themselves");
            }
        }
    }

    private static void requireRows(LayerBatch part) {
        for (Mutation mutation : part.mutations()) {
            if (mutation instanceof Mutation.UpdateSelected || mutation instanceof Mutation.DeleteSelected) {
                throw new IllegalArgumentException("A change of several layers names its rows");
            }
        }
    }

    private static RuntimeException notInTime(AtomicChange change) {
        String names = String.join(", ", change.layers());
        if (Thread.currentThread().isInterrupted()) {
            return new OperationInterruptedException("A change of the layers " + names, Outcome.NOT_APPLIED, null);
        }
        return new StoreBusyException(
                change.coordinator().layer().layer(),
                "A change of the layers " + names + " did not get its turn within " + PATIENCE.toSeconds()
                        + " s: other changes of the same layers took longer. Try again",
                Outcome.NOT_APPLIED,
                null);
    }

    /** Ends the journal. Called when no change is under way, and before the layers are closed. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (deadlines != null) {
                deadlines.close();
            }
        } finally {
            lock.unlock();
        }
        if (log != null) {
            log.close();
        }
    }
}
