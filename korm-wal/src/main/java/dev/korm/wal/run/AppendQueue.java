package dev.korm.wal.run;

import dev.korm.ClosedException;
import dev.korm.OperationInterruptedException;
import dev.korm.StoreException.Outcome;
import dev.korm.concurrent.CombiningQueue;
import dev.korm.recovery.JournalException;
import dev.korm.spi.journal.JournalEntry;
import dev.korm.wal.format.WalFormat;
import dev.korm.wal.run.Steps.Shortcut;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The threads that append to one log. They take turns; whoever has the turn writes for all who wait and syncs once. What fails in the middle of a turn,
 * be it the disk or the thread, ends the journal, since it is not known then what the log holds at its end.
 */
public final class AppendQueue implements CombiningQueue.Worker<AppendQueue.Append> {
    /** How long a thread waits for its turn. A disk that does not answer for so long is out of order. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final String place;
    private final Sink sink;
    private final Steps steps;
    private final CombiningQueue<Append> queue = new CombiningQueue<>(this);

    /** Whether a thread is in the middle of its turn. Of whoever has the turn: who finds it set knows that the other has failed. */
    private volatile boolean writing;

    private volatile @Nullable Throwable failure;
    private volatile boolean closed;

    /** The log itself. Called by one thread at a time; after an exception no more. */
    public interface Sink {
        /** Appends entries, and returns when they are durable. */
        void write(List<JournalEntry> entries) throws IOException;

        /** Makes room, after an append. */
        void tidy() throws IOException;
    }

    /** Entries that a thread wants to have appended. */
    static final class Append {
        final List<JournalEntry> entries;
        volatile boolean durable;
        volatile boolean refused;

        Append(List<JournalEntry> entries) {
            this.entries = entries;
        }
    }

    /** @param place where the log is, in words */
    public AppendQueue(String place, Sink sink, Steps steps) {
        this.place = place;
        this.sink = sink;
        this.steps = steps;
    }

    /** Appends entries, and returns when they are durable. */
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
                    "Appending to the journal in " + place + " failed: others did not come to an end within "
                            + PATIENCE.toSeconds() + " s. Nothing of this was appended; check the disk",
                    null);
        }
        if (!append.durable) {
            requireUsable();
            throw WalFailures.appending(place, new IOException("The thread that wrote for this one has failed"));
        }
    }

    /** Refuses a journal that has failed or is closed. */
    public void requireUsable() {
        Throwable cause = failure;
        if (cause != null) {
            throw WalFailures.appending(place, cause);
        }
        if (closed) {
            throw new ClosedException("The journal in " + place + " is closed");
        }
    }

    private OperationInterruptedException interrupted() {
        return new OperationInterruptedException("Appending to the journal in " + place, Outcome.NOT_APPLIED, null);
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
            sink.write(entries(group));
            writing = false;
            group.forEach(append -> append.durable = true);
        } catch (IOException | RuntimeException failed) {
            fail(failed);
            group.forEach(append -> append.refused = true);
            return;
        }
        tidy();
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
    private void tidy() {
        try {
            writing = true;
            sink.tidy();
            writing = false;
        } catch (IOException | RuntimeException failed) {
            fail(failed);
        }
    }

    private void fail(Throwable cause) {
        writing = false;
        if (failure == null && !steps.skip(Shortcut.APPENDED_AFTER_A_FAILURE)) {
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

    /** Ends it; the log is closed by the first who calls this, when nobody writes. */
    public void close(Runnable log) {
        boolean interrupted = Thread.interrupted();
        CombiningQueue.Grant grant = queue.acquire(PATIENCE.toNanos());
        try {
            if (!closed) {
                closed = true;
                log.run();
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
}
