package dev.korm.wal.backup;

import dev.korm.OperationInterruptedException;
import dev.korm.StoreException.Outcome;
import dev.korm.file.Progress;
import dev.korm.wal.backup.format.HashingVisitor;
import dev.korm.wal.backup.format.LineReader;
import dev.korm.wal.backup.format.Manifest;
import dev.korm.wal.backup.format.Pace;
import dev.korm.wal.backup.format.PartReader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The reading back of a backup while the rest of it is written: each part when it is stored, from its depot, by threads that have other work too.
 *
 * <p><b>Threads.</b> One adds parts and ends it. At any time at the most one of the executor reads, part after part in their order, so what they read with goes from one to the next under the lock.
 */
final class ReadBack {
    private static final long LOOK_MILLIS = 500;

    private final StoredBackup backup;
    private final Executor threads;
    private final PartReader reader;
    private final Pace pace;
    private final HashingVisitor hashing = new HashingVisitor(null, Progress.NONE, 0);
    private final LineReader lines = new LineReader(hashing);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition rested = lock.newCondition();
    private final Queue<Manifest.Part> waiting = new ArrayDeque<>();
    private final List<Manifest.Part> read = new ArrayList<>();
    private boolean reading;
    private @Nullable Throwable failure;

    /** @param backup with its name and seal; the parts are still to come */
    ReadBack(StoredBackup backup, PartReader reader, Executor threads, Pace pace) {
        this.backup = backup;
        this.reader = reader;
        this.threads = threads;
        this.pace = pace;
    }

    /** Has a part read that is stored. */
    void add(Manifest.Part part) {
        lock.lock();
        try {
            waiting.add(part);
            if (!reading && failure == null) {
                reading = true;
                threads.execute(this::readNext);
            }
        } finally {
            lock.unlock();
        }
    }

    private void readNext() {
        Throwable failed = null;
        Manifest.Part part = first();
        try {
            backup.read(part, reader, pace, lines);
        } catch (RuntimeException | Error thrown) {
            failed = thrown;
        }
        lock.lock();
        try {
            failure = failed;
            if (failed == null) {
                read.add(waiting.remove());
            }
            reading = failed == null && !waiting.isEmpty();
            if (reading) {
                threads.execute(this::readNext);
            } else {
                rested.signalAll();
            }
        } catch (RuntimeException ended) {
            failure = ended;
            reading = false;
            rested.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private Manifest.Part first() {
        lock.lock();
        try {
            return waiting.element();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until all parts were read.
     *
     * @param stored the backup as its manifest is stored
     * @return what they hold; nothing where the manifest tells of other parts
     * @throws dev.korm.backup.BackupException when something is not as it was written
     */
    Optional<HashingVisitor> end(StoredBackup stored) {
        lock.lock();
        try {
            while (reading) {
                // Looked at again and again, since what reads is limited by its depot alone.
                rested.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            }
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure instanceof RuntimeException thrown) {
                throw thrown;
            }
            if (!stored.isMadeOf(backup, read)) {
                return Optional.empty();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException("Reading a backup", Outcome.NOT_APPLIED, interrupted);
        } finally {
            lock.unlock();
        }
        backup.end(lines);
        return Optional.of(hashing);
    }
}
