package dev.korm.wal;

import dev.korm.spi.environment.Environment;
import dev.korm.spi.journal.JournalEntry;
import dev.korm.wal.format.LiveEntries;
import dev.korm.wal.format.StoredEntry;
import dev.korm.wal.format.WalFormat;
import dev.korm.wal.run.TakenOverException;
import dev.korm.wal.run.Uninterrupted;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The log of this run in a depot. Appended to by one thread at a time, the one that has the turn, and recycled by another.
 *
 * <p>What holds: all objects up to {@code number} are stored and are this run's. Each has the number behind the last, and is stored only when there is none
 * of that number; so whoever claims the log for himself by the next number ends it for good. Objects go from the first on, and the last one stays.
 */
final class DepotLogWriter {
    /** Entries that are written together make objects of this size at the most; a longer entry is an object of its own. */
    private static final int LONGEST_GROUP = 4 << 20;

    private final DepotLayout layout;
    private final String run;
    private final DepotWal.Settings settings;
    private final Uninterrupted uninterrupted;

    private final ReentrantLock lock = new ReentrantLock();
    private final LiveEntries live = new LiveEntries();
    private long epoch = 1;
    private volatile long number;
    private volatile long oldest = 1;

    DepotLogWriter(DepotLayout layout, String run, DepotWal.Settings settings, Environment environment) {
        this.layout = layout;
        this.run = run;
        this.settings = settings;
        this.uninterrupted = new Uninterrupted(environment);
    }

    /** Says the epoch of the run, before anything is appended. */
    void begin(long first) {
        this.epoch = first;
    }

    boolean isEmpty() {
        return number == 0;
    }

    /** Appends entries, and returns when they are durable. */
    void append(List<JournalEntry> entries) throws IOException {
        int from = 0;
        while (from < entries.size()) {
            int to = from + 1;
            long length = WalFormat.size(entries.get(from));
            while (to < entries.size() && length + WalFormat.size(entries.get(to)) <= LONGEST_GROUP) {
                length += WalFormat.size(entries.get(to));
                to++;
            }
            appendGroup(entries.subList(from, to));
            from = to;
        }
    }

    private void appendGroup(List<JournalEntry> entries) throws IOException {
        long next = number + 1;
        byte[] bytes = LogObject.entries(run, layout.pool(), epoch, next, entries);
        uninterrupted.run(() -> {
            if (!layout.put(run, next, bytes)) {
                throw new TakenOverException(settings.lease());
            }
        });
        lock.lock();
        try {
            for (JournalEntry entry : entries) {
                live.note(new StoredEntry(entry.kind(), entry.change(), next, 0, WalFormat.size(entry)));
            }
            number = next;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Appends the entries of a change that stays unfinished for long again, once there are many objects and most of them hold nothing else that is
     * needed, so that it does not keep all that came after it.
     */
    void carry() throws IOException {
        List<StoredEntry> carried;
        long first = oldest;
        lock.lock();
        try {
            long objects = number - first + 1;
            if (objects <= settings.keptGroups() || !live.areIn(first) || live.segments() > objects / 2) {
                return;
            }
            carried = live.in(first);
        } finally {
            lock.unlock();
        }
        append(readBack(first, carried));
    }

    private List<JournalEntry> readBack(long object, List<StoredEntry> wanted) throws IOException {
        List<JournalEntry> entries = new ArrayList<>();
        uninterrupted.run(() -> {
            entries.clear();
            LogObject read = layout.read(run, object);
            if (read == null) {
                throw new IOException(layout.object(run, object) + " is gone");
            }
            List<StoredEntry> stored = read.stored();
            for (StoredEntry each : wanted) {
                // The last of a change holds.
                stored.stream()
                        .filter(there -> there.change().equals(each.change()))
                        .reduce((one, other) -> other)
                        .ifPresent(there -> entries.add(read.entry(there.offset())));
            }
        });
        return entries;
    }

    /** Takes away the objects from the first on in which nothing is unfinished. For one thread. */
    void recycle() {
        for (long first = oldest; first < number && !isNeeded(first); first++) {
            layout.remove(run, first, settings.retention());
            oldest = first + 1;
        }
    }

    private boolean isNeeded(long object) {
        lock.lock();
        try {
            return live.areIn(object);
        } finally {
            lock.unlock();
        }
    }

    /** Says in the log that the run has ended. */
    void end() throws IOException {
        uninterrupted.run(() -> {
            LogObject last = LogObject.last(run, isEmpty() ? 0 : epoch, number);
            if (!ended(last)) {
                LogObject there = layout.read(run, number + 1);
                // An append that failed may be there all the same; what others have claimed is theirs.
                if (there != null && there.kind() == LogObject.Kind.ENTRIES) {
                    ended(there);
                }
            }
        });
    }

    private boolean ended(LogObject last) {
        LogObject claim = last.claimed(LogObject.Kind.CLOSED, run);
        return layout.put(run, claim.number(), claim.encoded(layout.pool()));
    }
}
