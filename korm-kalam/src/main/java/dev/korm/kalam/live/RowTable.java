package dev.korm.kalam.live;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Rows by key, each of the newest version that is known, with the sum that they are compared by. */
final class RowTable<T> {
    private static final long MODULUS = 1_000_003;

    /** A sum for comparisons: the number of rows, and the sum of their versions' remainders. */
    record Digest(long count, long sum) {}

    private record Entry<T>(long seq, T value) {}

    private TreeMap<Object, Entry<T>> entries = new TreeMap<>(RowTable::compare);
    private long sum;

    private static int compare(Object one, Object other) {
        return one instanceof Long first && other instanceof Long second
                ? Long.compare(first, second)
                : one.toString().compareTo(other.toString());
    }

    /** Takes a row, unless a newer one is known; returns whether it was taken. */
    boolean put(Object key, long seq, @Nullable T value) {
        Entry<T> known = entries.get(key);
        if (value == null || (known != null && known.seq() >= seq)) {
            return false;
        }
        entries.put(key, new Entry<>(seq, value));
        sum += seq % MODULUS - (known == null ? 0 : known.seq() % MODULUS);
        return true;
    }

    /** Removes a row, unless a newer one is known; returns whether it was removed. */
    boolean remove(Object key, long seq) {
        Entry<T> known = entries.get(key);
        if (known == null || known.seq() > seq) {
            return false;
        }
        entries.remove(key);
        sum -= known.seq() % MODULUS;
        return true;
    }

    boolean isSame(Digest digest) {
        return digest.equals(new Digest(entries.size(), sum));
    }

    /** Becomes the other; returns whether that changed anything. */
    boolean replace(RowTable<T> other) {
        boolean isSame = Objects.equals(entries, other.entries);
        entries = other.entries;
        sum = other.sum;
        return !isSame;
    }

    /** Returns the rows of the highest versions, the highest last. */
    List<T> newest(int limit) {
        PriorityQueue<Entry<T>> newest = new PriorityQueue<>(Comparator.comparingLong(Entry::seq));
        for (Entry<T> entry : entries.values()) {
            newest.add(entry);
            if (newest.size() > limit) {
                newest.remove();
            }
        }
        List<T> values = new ArrayList<>(newest.size());
        while (!newest.isEmpty()) {
            values.add(newest.remove().value());
        }
        return Collections.unmodifiableList(values);
    }

    List<T> values() {
        List<T> values = new ArrayList<>(entries.size());
        entries.values().forEach(entry -> values.add(entry.value()));
        return Collections.unmodifiableList(values);
    }
}
