package dev.korm.engine.pool;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.engine.commit.JournalRecovery;
import dev.korm.engine.context.PoolEvents;
import dev.korm.engine.depot.OpenDepots;
import dev.korm.engine.file.StagedFiles;
import dev.korm.engine.item.PoolLayers;
import dev.korm.recovery.QuarantinedChange;
import dev.korm.recovery.Recovery;
import dev.korm.recovery.RecoveryReport;
import dev.korm.recovery.Resolution;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.environment.Scheduler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Recovery of a pool with a journal: of items and of their files, at the opening, when it is asked for, and by itself from time to time.
 *
 * <p>By itself it does what {@link #retry} does, but for what is quarantined, since that waits for a person. Each change's files are looked at after its
 * items, as the markers of a change tell what becomes of them. Safe for many threads.
 */
final class PoolRecovery implements Recovery, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.journal");

    /** The time between two looks at what other programs, and layers that did not answer, have left. */
    static final Duration PERIOD = Duration.ofSeconds(30);

    /** How long the end of the pool waits for a look that has begun. */
    private static final Duration LONGEST_END = Duration.ofSeconds(10);

    private final JournalRecovery journal;
    private final OpenDepots depots;
    private final PoolEvents events;
    private final PoolLayers layers;
    private final Scheduler scheduler;
    private final ReentrantLock looking = new ReentrantLock();
    private volatile boolean closed;
    private boolean failing;

    PoolRecovery(
            JournalRecovery journal, OpenDepots depots, PoolLayers layers, PoolEvents events, Environment environment) {
        this.events = events;
        this.journal = journal;
        this.depots = depots;
        this.layers = layers;
        this.scheduler = environment.scheduler("korm-recovery");
    }

    /** Recovers before the pool is open: what is found then nobody has seen yet. */
    void begin() {
        boolean begun = false;
        try {
            journal.begin();
            settleFiles();
            later();
            begun = true;
            events.tell();
        } finally {
            if (!begun) {
                close();
            }
        }
    }

    private void settleFiles() {
        Predicate<String> isLeft =
                StagedFiles.atOpening(depots, layers, depots.setAside().begin());
        journal.filesSettled(isLeft);
    }

    private void later() {
        if (!closed) {
            scheduler.after(PERIOD, this::look);
        }
    }

    private void look() {
        looking.lock();
        try {
            if (!closed) {
                settled(journal::retryUnreachable);
                failing = false;
            }
        } catch (RuntimeException failed) {
            if (!failing && !closed) {
                LOG.warn("Recovery failed, and is tried again every {} seconds", PERIOD.toSeconds(), failed);
            }
            failing = true;
        } finally {
            looking.unlock();
            events.tell();
            later();
        }
    }

    private RecoveryReport recovered(Supplier<RecoveryReport> changes) {
        looking.lock();
        try {
            return settled(changes);
        } finally {
            looking.unlock();
        }
    }

    /** Settles changes and then their files, under the lock. */
    private RecoveryReport settled(Supplier<RecoveryReport> changes) {
        RecoveryReport report = changes.get();
        if (journal.hasFiles()) {
            settleFiles();
        }
        return report;
    }

    @Override
    public RecoveryReport atOpening() {
        return journal.atOpening();
    }

    @Override
    public List<QuarantinedChange> quarantined() {
        return journal.quarantined();
    }

    @Override
    public RecoveryReport retry() {
        try {
            return recovered(journal::retry);
        } finally {
            events.tell();
        }
    }

    @Override
    public void resolve(String change, Resolution resolution) {
        requireNonNull(change, "change");
        requireNonNull(resolution, "resolution");
        try {
            recovered(() -> {
                journal.resolve(
                        change,
                        resolution,
                        (coordinator, item) -> StagedFiles.giveUp(depots, coordinator, change, List.of(item)));
                return journal.atOpening();
            });
        } finally {
            events.tell();
        }
    }

    /** Ends it; a look that has begun is waited for, since it uses layers that are closed next. Twice is fine. */
    @Override
    public void close() {
        closed = true;
        scheduler.close();
        try {
            if (looking.tryLock(LONGEST_END.toNanos(), TimeUnit.NANOSECONDS)) {
                looking.unlock();
            } else {
                LOG.warn("The pool is closed while recovery waits for a layer; the next opening finishes what is left");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
