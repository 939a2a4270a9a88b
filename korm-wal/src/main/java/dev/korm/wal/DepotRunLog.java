package dev.korm.wal;

import dev.korm.spi.journal.JournalEntry;
import dev.korm.wal.format.StoredEntry;
import dev.korm.wal.run.TakenLog;
import dev.korm.wal.run.WalFailures;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The log of another run in a depot, claimed by this one. For one thread.
 *
 * <p>Claims have numbers as the entries have, and each is stored only when there is none of its number. So one run holds a log at a time, a run whose
 * log was claimed appends nothing more to it, and a log is forgotten by who holds it or not at all.
 */
final class DepotRunLog implements TakenLog {
    private final DepotLayout layout;
    private final DepotLayout.Run files;
    private final LogObject last;
    private final String holder;
    private final JournalRetention retention;
    private @Nullable LogObject present;

    /** @param last claim; FORGOTTEN when nothing is left of it but to be cleaned */
    private DepotRunLog(
            DepotLayout layout, DepotLayout.Run files, LogObject last, String holder, JournalRetention retention) {
        this.layout = layout;
        this.files = files;
        this.last = last;
        this.holder = holder;
        this.retention = retention;
    }

    /**
     * Claims a log; null when somebody else was faster, or its run goes on.
     *
     * @param tail the last object that is there; null when there is none
     */
    static @Nullable DepotRunLog take(
            DepotLayout layout,
            DepotLayout.Run files,
            @Nullable LogObject tail,
            String holder,
            JournalRetention retention) {
        LogObject before = tail == null ? LogObject.nothing(files.id()) : tail;
        LogObject claim = claimed(layout, before, LogObject.Kind.TAKEN, holder);
        if (claim == null) {
            return null;
        }
        if (!isThere(layout, before)) {
            // Somebody else has forgotten and removed it all since it was listed.
            layout.remove(claim.run(), claim.number(), JournalRetention.DELETE);
            return null;
        }
        return new DepotRunLog(layout, files, claim, holder, retention);
    }

    /** Returns whether an object is still there: what is removed goes from the first on, the lease before the claims. */
    private static boolean isThere(DepotLayout layout, LogObject object) {
        DepotLayout.Run now = layout.run(object.run());
        return now != null
                && (object.number() == 0 ? now.lease() != null : now.objects().containsKey(object.number()));
    }

    /** Returns a log that nobody needs any more, of a run that was silent for long. */
    static DepotRunLog left(DepotLayout layout, DepotLayout.Run files, LogObject tail, JournalRetention retention) {
        return new DepotRunLog(layout, files, tail, tail.by(), retention);
    }

    private static @Nullable LogObject claimed(
            DepotLayout layout, LogObject before, LogObject.Kind kind, String holder) {
        LogObject claim = before.claimed(kind, holder);
        return layout.put(claim.run(), claim.number(), claim.encoded(layout.pool())) ? claim : null;
    }

    @Override
    public String run() {
        return files.id();
    }

    @Override
    public long epoch() {
        return last.epoch();
    }

    @Override
    public boolean isOver() {
        return last.over() || last.kind() == LogObject.Kind.FORGOTTEN;
    }

    @Override
    public void scan(Consumer<StoredEntry> each) {
        if (last.kind() == LogObject.Kind.FORGOTTEN) {
            return;
        }
        SortedMap<Long, ?> entries = files.objects().headMap(last.sealedAt());
        for (long number = entries.isEmpty() ? 1 : entries.firstKey(); number < last.sealedAt(); number++) {
            LogObject object = layout.read(run(), number);
            if (object != null) {
                object.stored().forEach(each);
            } else if (!isRecycled(number)) {
                throw WalFailures.damaged(layout.object(run(), number), 0, "it is missing, and a later one is there");
            }
        }
    }

    /** Returns whether the run itself, which may go on, has taken an object away that it needs no more. */
    private boolean isRecycled(long number) {
        DepotLayout.Run now = layout.run(run());
        if (now == null) {
            return false;
        }
        SortedMap<Long, ?> entries = now.objects().headMap(last.sealedAt());
        return !entries.isEmpty() && entries.firstKey() > number;
    }

    @Override
    public JournalEntry read(StoredEntry stored) {
        LogObject object = present;
        if (object == null || object.number() != stored.segment()) {
            object = layout.read(run(), stored.segment());
            present = object;
        }
        if (object == null) {
            throw WalFailures.damaged(layout.object(run(), stored.segment()), 0, "it is gone since it was read");
        }
        return object.entry(stored.offset());
    }

    @Override
    public void retire() {
        Set<Long> numbers = new TreeSet<>(files.objects().keySet());
        if (last.kind() == LogObject.Kind.FORGOTTEN) {
            layout.clean(run(), numbers, last, true, retention);
            return;
        }
        LogObject forgotten = claimed(layout, last, LogObject.Kind.FORGOTTEN, holder);
        if (forgotten == null) {
            throw WalFailures.takenByAnother(layout.description());
        }
        numbers.add(last.number());
        numbers.add(forgotten.number());
        layout.clean(run(), numbers, forgotten, forgotten.over(), retention);
    }

    @Override
    public void release() {
        if (last.kind() != LogObject.Kind.FORGOTTEN) {
            claimed(layout, last, LogObject.Kind.RELEASED, holder);
        }
    }
}
