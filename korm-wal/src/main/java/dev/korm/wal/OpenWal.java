package dev.korm.wal;

import dev.korm.ClosedException;
import dev.korm.OperationInterruptedException;
import dev.korm.StoreException.Outcome;
import dev.korm.concurrent.CombiningQueue;
import dev.korm.recovery.JournalException;
import dev.korm.spi.journal.Journal;
import dev.korm.spi.journal.JournalContext;
import dev.korm.spi.journal.JournalEntry;
import dev.korm.spi.journal.UnfinishedEntries;
import dev.korm.wal.Steps.Shortcut;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A journal in files, open for one run.
 *
 * <p>Threads that append take turns; whoever has the turn writes for all who wait and syncs once. What fails in the middle of a turn,
 * be it the disk or the thread, ends the journal, since it is not known then what the log holds at its end.
 */
final class OpenWal implements Journal, CombiningQueue.Worker<OpenWal.Append> {
    /** How long a thread waits for its turn. A disk that does not answer for so long is out of order. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Place place;
    private final RunFolder folder;
    private final JournalContext context;
    private final Wal.Settings settings;
    private final LogWriter writer;
    private final CombiningQueue<Append> queue = new CombiningQueue<>(this);
    private final AtomicBoolean asked = new AtomicBoolean();

    /** Whether a thread is in the middle of its turn. Of whoever has the turn: who finds it set knows that the other has failed. */
    private volatile boolean writing;

    private volatile @Nullable Throwable failure;
    private volatile boolean closed;

    /** Whether logs of other runs are still there about which entries of this run may say that something is done. */
    private volatile boolean othersAreTaken;

    private final List<TakenRuns> taken = new CopyOnWriteArrayList<>();

    /** Entries that a thread wants to have appended. */
    static final class Append {
        final List<JournalEntry> entries;
        volatile boolean durable;
        volatile boolean refused;

        Append(List<JournalEntry> entries) {
            this.entries = entries;
        }
    }

    OpenWal(Place place, RunFolder folder, JournalContext context, Wal.Settings settings) {
        this.place = place;
        this.folder = folder;
        this.context = context;
        this.settings = settings;
        this.writer = new LogWriter(folder, context.pool(), settings, context.environment());
    }

    @Override
    public String run() {
        return folder.run();
    }

    @Override
    public void append(List<JournalEntry> entries) {
        entries.forEach(WalFormat::requireValid);
        requireUsable();
        if (entries.isEmpty()) {
            return;
        }
        if (Thread.currentThread().isInterrupted()) {
            throw interrupted();
        }
        Append append = new Append(List.copyOf(entries));
        if (!queue.work(append, PATIENCE.toNanos())) {
            if (Thread.currentThread().isInterrupted()) {
                throw interrupted();
            }
            throw new JournalException(
                    "Appending to the journal in " + folder.path() + " failed: others did not come to an end within "
                            + PATIENCE.toSeconds() + " s. Nothing of this was appended; check the disk",
                    null);
        }
        if (!append.durable) {
            requireUsable();
            throw WalFailures.appending(
                    folder.path(), new IOException("The thread that wrote for this one has failed"));
        }
    }

    private void requireUsable() {
        Throwable cause = failure;
        if (cause != null) {
            throw WalFailures.appending(folder.path(), cause);
        }
        if (closed) {
            throw new ClosedException("The journal in " + folder.path() + " is closed");
        }
    }

    private OperationInterruptedException interrupted() {
        return new OperationInterruptedException(
                "Appending to the journal in " + folder.path(), Outcome.NOT_APPLIED, null);
    }

    @Override
    public void work(List<Append> group) {
        if (writing) {
            fail(new IOException("A thread failed in the middle of writing"));
        }
        if (failure != null || closed) {
            group.forEach(append -> append.refused = true);
            return;
        }
        try {
            writing = true;
            writer.append(entries(group));
            writing = false;
            group.forEach(append -> append.durable = true);
        } catch (IOException | RuntimeException failed) {
            fail(failed);
            group.forEach(append -> append.refused = true);
            return;
        }
        recycle();
    }

    private static List<JournalEntry> entries(List<Append> group) {
        if (group.size() == 1) {
            return group.get(0).entries;
        }
        List<JournalEntry> entries = new ArrayList<>();
        group.forEach(append -> entries.addAll(append.entries));
        return entries;
    }

    /** Makes room. What was appended is durable already, so a failure is told to those who append next. */
    private void recycle() {
        if (!writer.hasRotated() || (othersAreTaken && !folder.steps().skip(Shortcut.RECYCLED_WHILE_LOGS_ARE_TAKEN))) {
            return;
        }
        try {
            writing = true;
            writer.recycle();
            writing = false;
        } catch (IOException | RuntimeException failed) {
            fail(failed);
        }
    }

    private void fail(Throwable cause) {
        writing = false;
        if (failure == null && !folder.steps().skip(Shortcut.APPENDED_AFTER_A_FAILURE)) {
            failure = cause;
        }
    }

    @Override
    public void settle(List<Append> left) {
        fail(new IOException("A thread failed in the middle of writing"));
        left.forEach(append -> append.refused = true);
    }

    @Override
    public boolean isDecided(Append append) {
        return append.durable || append.refused;
    }

    @Override
    public UnfinishedEntries unfinished() {
        requireUsable();
        boolean first = asked.compareAndSet(false, true);
        if (first && !writer.isEmpty()) {
            throw new IllegalStateException(
                    "A journal is asked for what is unfinished before anything is appended to it, and as often as wanted afterwards");
        }
        List<RunFolder> held = new ArrayList<>();
        boolean complete = false;
        try {
            // What is seen now must not be otherwise after a power cut: not that a log is gone, either.
            place.sync(place.path(), Shortcut.NAMES_READ_UNSYNCED);
            place.clean();
            List<RunLog> logs = new ArrayList<>();
            for (Path path : place.runs()) {
                take(path, held, logs);
            }
            othersAreTaken |= !logs.isEmpty();
            TakenRuns runs =
                    new TakenRuns(place, logs, settings.mostIndexed(), () -> !writer.isEmpty(), this::lookForTaken);
            if (first) {
                writer.begin(runs.nextEpoch());
            }
            taken.add(runs);
            complete = true;
            return runs;
        } catch (IOException failed) {
            throw WalFailures.reading(place.path(), failed);
        } finally {
            if (!complete) {
                release(held);
            }
        }
    }

    /** Notes, after some were forgotten, whether logs of other runs are left. */
    private void lookForTaken() {
        taken.removeIf(TakenRuns::isGone);
        othersAreTaken = !taken.isEmpty();
    }

    private void take(Path path, List<RunFolder> held, List<RunLog> logs) throws IOException {
        RunFolder found = RunFolder.take(place, path);
        if (found == null) {
            return;
        }
        held.add(found);
        String pool = found.pool();
        RunLog log = pool == null || pool.equals(context.pool()) ? RunLog.open(found) : null;
        String written = log == null ? null : log.pool();
        if (log != null && (written == null || written.equals(context.pool()))) {
            logs.add(log);
        } else {
            held.remove(found);
            found.release();
        }
    }

    private static void release(List<RunFolder> held) {
        for (RunFolder each : held) {
            try {
                each.release();
            } catch (IOException closing) {
                // The reason why they are given up is thrown; the system unlocks what it closes even so.
            }
        }
    }

    @Override
    public void close() {
        boolean interrupted = Thread.interrupted();
        CombiningQueue.Grant grant = queue.acquire(PATIENCE.toNanos());
        try {
            if (!closed) {
                closed = true;
                closeFiles();
            }
        } finally {
            if (grant != null) {
                grant.over = true;
                queue.passOn(grant);
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void closeFiles() {
        try {
            try {
                writer.close();
            } finally {
                folder.release();
            }
            taken.forEach(TakenRuns::release);
        } catch (IOException failed) {
            throw WalFailures.closing(place.path(), failed);
        }
    }
}
