package dev.korm.kalam.layer.ledger;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One moment of the store: the state after a commit. What was committed up to {@code merged} is in the rows, the rest is here. Immutable.
 *
 * @param number the commit
 * @param merged the commit up to which rows are complete
 * @param tail the commits behind that, in order
 * @param tables all tables by name
 * @param pending the newest commit, where it is prepared and not decided
 */
public record Head(
        long number,
        long merged,
        List<Commit> tail,
        Map<String, StoredSchema> tables,
        @Nullable Commit pending) {
    /** Stands for the time before anything was read. */
    static final Head NONE = new Head(-1, -1, List.of(), Map.of(), null);

    boolean isKnown() {
        return number >= 0;
    }

    /** Returns the write that made the row what it is, where that is not in the rows yet; null where it is. */
    @Nullable RowWrite write(RowKey row) {
        for (int i = tail.size() - 1; i >= 0; i--) {
            RowWrite write = tail.get(i).writes().get(row);
            if (write != null) {
                return write;
            }
        }
        return null;
    }

    /** Returns the newest writes of a table that are not in the rows yet, in the order of the rows' keys. */
    NavigableMap<String, RowWrite> writes(String table) {
        NavigableMap<String, RowWrite> writes = new TreeMap<>();
        for (Commit commit : tail) {
            for (RowWrite write : commit.writes().values()) {
                if (write.row().table().equals(table)) {
                    writes.put(write.row().prefix(), write);
                }
            }
        }
        return writes;
    }

    /** Returns the newest write of each row in the tail, with its commit. */
    Map<RowWrite, Long> newest() {
        Map<RowKey, Long> numbers = new HashMap<>();
        Map<RowKey, RowWrite> writes = new HashMap<>();
        for (Commit commit : tail) {
            for (RowWrite write : commit.writes().values()) {
                writes.put(write.row(), write);
                numbers.put(write.row(), commit.number());
            }
        }
        Map<RowWrite, Long> newest = new java.util.LinkedHashMap<>();
        writes.values().stream()
                .sorted(Comparator.comparing(write -> write.row().prefix()))
                .forEach(write -> newest.put(write, java.util.Objects.requireNonNull(numbers.get(write.row()))));
        return newest;
    }

    /** Returns the state after the next commit. */
    Head after(Commit commit) {
        return behind(commit).merged(commit.merged());
    }

    /** Returns the state after the next commit, with all that is in the tail now. */
    Head behind(Commit commit) {
        if (commit.number() != number + 1) {
            throw new IllegalStateException("Commit " + commit.number() + " does not follow " + number);
        }
        Commit made = made(commit);
        List<Commit> longer = new ArrayList<>(tail);
        longer.add(made);
        return new Head(
                commit.number(),
                merged,
                longer,
                withSchemas(tables, made),
                commit.state() == Commit.State.PREPARED ? commit : null);
    }

    /** Returns the next commit with what it changes. */
    Commit made(Commit commit) {
        return switch (commit.state()) {
            case STORED -> commit;
            case PREPARED, DROPPED, CLEARED -> commit.with(Map.of());
            case KEPT -> commit.with(pending == null ? Map.of() : pending.writes());
        };
    }

    static Map<String, StoredSchema> withSchemas(Map<String, StoredSchema> tables, Commit commit) {
        Map<String, StoredSchema> changed = tables;
        for (RowWrite write : commit.writes().values()) {
            RowData data = write.data();
            if (write.row().table().equals(RowKey.SCHEMAS)) {
                if (changed == tables) {
                    changed = new HashMap<>(tables);
                }
                if (data == null) {
                    changed.remove(write.row().id());
                } else {
                    changed.put(write.row().id(), StoredSchema.of(write.row().id(), data));
                }
            }
        }
        return changed;
    }

    /** Returns the same state when more of it is in the rows. */
    Head merged(long number) {
        if (number <= merged) {
            return this;
        }
        return new Head(
                this.number,
                number,
                tail.stream().filter(commit -> commit.number() > number).toList(),
                tables,
                pending);
    }

    long tailSize() {
        return tail.stream().mapToLong(Commit::size).sum();
    }

    @Override
    public String toString() {
        return "Head[" + number + ", merged " + merged + "]";
    }
}
