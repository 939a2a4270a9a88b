package dev.korm.testkit.memory;

import dev.korm.ClosedException;
import dev.korm.recovery.JournalException;
import dev.korm.spi.journal.Journal;
import dev.korm.spi.journal.JournalContext;
import dev.korm.spi.journal.JournalEntry;
import dev.korm.spi.journal.JournalSource;
import dev.korm.spi.journal.UnfinishedEntries;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A journal in memory, for tests. Its logs outlive the runs that write them, as files would, and a test says when an append fails
 * and when the process is gone. Safe for many threads.
 *
 * <pre>{@code
 * MemoryJournal journal = MemoryJournal.create();
 * journal.failAppend(3, MemoryJournal.Kept.ALL);
 * …
 * journal.crash();
 * }</pre>
 */
public final class MemoryJournal implements JournalSource {
    private final Map<String, Log> logs = new LinkedHashMap<>();
    private boolean recordsFiles;
    private int appends;
    private int failing;
    private Kept kept = Kept.NOTHING;
    private Consumer<List<JournalEntry>> before = entries -> {};

    /** The extent to which a later run finds a failed append. */
    public enum Kept {
        NOTHING,
        /** The first entry alone. */
        FIRST,
        ALL
    }

    private MemoryJournal() {}

    /** Returns an empty journal. */
    public static MemoryJournal create() {
        return new MemoryJournal();
    }

    /** Has pools with this journal keep the bytes of files with their history, from their next opening on. */
    public synchronized MemoryJournal recordFiles() {
        recordsFiles = true;
        return this;
    }

    @Override
    public synchronized boolean recordsFiles() {
        return recordsFiles;
    }

    /**
     * Lets an append fail, and with it everything that its run appends later.
     *
     * @param which 1 is the next append, 2 the one after it
     * @param keeping what is found of it all the same
     */
    public synchronized void failAppend(int which, Kept keeping) {
        failing = appends + which;
        kept = keeping;
    }

    /** Calls back with each append before any of it is kept; the callback may throw or wait. */
    public synchronized void beforeAppend(Consumer<List<JournalEntry>> callback) {
        before = callback;
    }

    /** Ends all runs that are open, as when their processes are killed: whatever they still call fails. */
    public synchronized void crash() {
        logs.values().forEach(log -> log.state = State.CRASHED);
    }

    /** Returns how many appends were asked for so far, failed ones included. */
    public synchronized int appends() {
        return appends;
    }

    /** Returns all entries of the logs that were not forgotten, of the first run first. */
    public synchronized List<JournalEntry> entries() {
        return logs.values().stream().flatMap(log -> log.entries.stream()).toList();
    }

    @Override
    public String description() {
        return "a journal in memory";
    }

    @Override
    public synchronized Journal open(JournalContext context) {
        String run;
        do {
            run = HexFormat.of().toHexDigits(context.environment().random().nextLong());
        } while (logs.containsKey(run));
        Log log = new Log(context.pool());
        logs.put(run, log);
        return new OpenMemoryJournal(run, log);
    }

    private enum State {
        OPEN,
        FAILED,
        CLOSED,
        CRASHED
    }

    /** The log of a run. */
    private static final class Log {
        final String pool;
        final List<JournalEntry> entries = new ArrayList<>();
        State state = State.OPEN;
        /** Who settles it; null while nobody does. */
        @Nullable Log taken;

        Log(String pool) {
            this.pool = pool;
        }

        boolean isOver() {
            return state == State.CLOSED || state == State.CRASHED;
        }
    }

    private final class OpenMemoryJournal implements Journal {
        private final String run;
        private final Log log;

        OpenMemoryJournal(String run, Log log) {
            this.run = run;
            this.log = log;
        }

        @Override
        public String run() {
            return run;
        }

        @Override
        public void append(List<JournalEntry> entries) {
            Consumer<List<JournalEntry>> callback;
            synchronized (MemoryJournal.this) {
                callback = before;
            }
            callback.accept(entries);
            synchronized (MemoryJournal.this) {
                requireUsable();
                boolean fails = ++appends == failing;
                int keeping = !fails || kept == Kept.ALL ? entries.size() : kept == Kept.FIRST ? 1 : 0;
                entries.stream().limit(keeping).map(OpenMemoryJournal::copied).forEach(log.entries::add);
                if (fails) {
                    log.state = State.FAILED;
                    throw failed();
                }
            }
        }

        private void requireUsable() {
            switch (log.state) {
                case OPEN -> {}
                case FAILED -> throw failed();
                case CRASHED ->
                    throw new JournalException("Nothing can be appended to the journal: its process is gone", null);
                case CLOSED -> throw new ClosedException("Nothing can be appended to the journal: it is closed");
            }
        }

        private static JournalException failed() {
            return new JournalException(
                    "Appending to the journal failed, because the test says so. Open the pool anew", null);
        }

        private static JournalEntry copied(JournalEntry entry) {
            ByteBuffer body = ByteBuffer.allocate(entry.body().remaining());
            body.put(entry.body().duplicate()).flip();
            return new JournalEntry(entry.kind(), entry.change(), body);
        }

        @Override
        public UnfinishedEntries unfinished() {
            synchronized (MemoryJournal.this) {
                requireUsable();
                Map<String, Log> taken = new LinkedHashMap<>();
                logs.forEach((run, each) -> {
                    boolean free = each.taken == null || each.taken.isOver();
                    if (each.isOver() && free && each.pool.equals(log.pool)) {
                        each.taken = log;
                        taken.put(run, each);
                    }
                });
                return new Taken(log, taken);
            }
        }

        @Override
        public void close() {
            synchronized (MemoryJournal.this) {
                if (log.state != State.CRASHED) {
                    log.state = State.CLOSED;
                }
            }
        }
    }

    private final class Taken implements UnfinishedEntries {
        private final Log owner;
        private final Map<String, Log> taken;
        private final Iterator<JournalEntry> unfinished;

        Taken(Log owner, Map<String, Log> taken) {
            this.owner = owner;
            this.taken = taken;
            Map<String, JournalEntry> last = new LinkedHashMap<>();
            for (Log log : taken.values()) {
                for (JournalEntry entry : log.entries) {
                    last.remove(entry.change());
                    if (entry.kind() != JournalEntry.Kind.DONE) {
                        last.put(entry.change(), entry);
                    }
                }
            }
            this.unfinished = List.copyOf(last.values()).iterator();
        }

        @Override
        public Set<String> runs() {
            return new LinkedHashSet<>(taken.keySet());
        }

        @Override
        public Optional<JournalEntry> next() {
            return unfinished.hasNext() ? Optional.of(unfinished.next()) : Optional.empty();
        }

        @Override
        public void forget() {
            synchronized (MemoryJournal.this) {
                if (owner.state == State.CRASHED) {
                    throw new JournalException("The journal's logs cannot be forgotten: its process is gone", null);
                }
                logs.values().removeAll(taken.values());
            }
        }

        @Override
        public void close() {
            synchronized (MemoryJournal.this) {
                taken.values().forEach(log -> log.taken = log.taken == owner ? null : log.taken);
            }
        }
    }
}
