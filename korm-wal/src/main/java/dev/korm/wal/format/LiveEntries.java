package dev.korm.wal.format;

import dev.korm.spi.journal.JournalEntry.Kind;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The last entries of the changes of a run that are unfinished, and the segments that hold them. Of whoever has the turn. */
public final class LiveEntries {
    private final Map<String, StoredEntry> unfinished = new HashMap<>();
    private final Map<Long, Integer> bySegment = new HashMap<>();
    private long bytes;

    /** Notes an entry that was appended. */
    public void note(StoredEntry entry) {
        StoredEntry before =
                entry.kind() == Kind.DONE ? unfinished.remove(entry.change()) : unfinished.put(entry.change(), entry);
        if (before != null) {
            bytes -= before.length();
            bySegment.merge(before.segment(), -1, (count, less) -> count == 1 ? null : count + less);
        }
        if (entry.kind() != Kind.DONE) {
            bytes += entry.length();
            bySegment.merge(entry.segment(), 1, Integer::sum);
        }
    }

    /** Returns whether a segment holds any of them. */
    public boolean areIn(long segment) {
        return bySegment.containsKey(segment);
    }

    /** Returns those that a segment holds, in their order. */
    public List<StoredEntry> in(long segment) {
        return unfinished.values().stream()
                .filter(entry -> entry.segment() == segment)
                .sorted(Comparator.comparingLong(StoredEntry::offset))
                .toList();
    }

    /** Returns how many segments hold any of them. */
    public int segments() {
        return bySegment.size();
    }

    /** Returns how long all of them are together. */
    public long bytes() {
        return bytes;
    }
}
