package dev.korm.engine.read;

import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Values by texts that end in an id, as ids and RNs do. Thousands are looked up for one answer, each once, so that a map would spend most of its time on the hash of a text that nobody
 * hashes again, and on the way to an entry. What is hashed is the end, in four independent sums. Never shrinks. For one thread.
 *
 * @param <V> the values
 */
final class IdTable<V> {
    /** The characters of an id. */
    private static final int END = 36;

    /** Unknown to whoever chooses ids, so that none can be chosen to fall upon one another. */
    private static final int SEED = ThreadLocalRandom.current().nextInt() | 1;

    private static final int SMALLEST = 16;

    private @Nullable String[] keys = new @Nullable String[SMALLEST];
    private @Nullable Object[] values = new @Nullable Object[SMALLEST];
    private int size;

    private static int hash(String text) {
        int at = text.length();
        int first = Math.max(0, at - END);
        int a = SEED;
        int b = 0;
        int c = 0;
        int d = 0;
        while (at - first >= 4) {
            at -= 4;
            a = (a * SEED) + text.charAt(at);
            b = (b * SEED) + text.charAt(at + 1);
            c = (c * SEED) + text.charAt(at + 2);
            d = (d * SEED) + text.charAt(at + 3);
        }
        while (at > first) {
            at--;
            a = (a * SEED) + text.charAt(at);
        }
        int sum = ((a * 31 + b) * 31 + c) * 31 + d;
        return sum ^ (sum >>> 15) ^ (sum >>> 7);
    }

    /** Returns the place of a text: where it is, or else the free one where it belongs. */
    private static int place(@Nullable String[] keys, String text) {
        int mask = keys.length - 1;
        int place = hash(text) & mask;
        String key = keys[place];
        while (key != null && !key.equals(text)) {
            place = (place + 1) & mask;
            key = keys[place];
        }
        return place;
    }

    /** Returns the value of a text; null where there is none. */
    @SuppressWarnings("unchecked") // Nothing else was put there.
    @Nullable V get(String text) {
        return (V) values[place(keys, text)];
    }

    /** Adds a text that has no value yet. */
    void add(String text, V value) {
        if (2 * size >= keys.length) {
            grow();
        }
        int place = place(keys, text);
        keys[place] = text;
        values[place] = value;
        size++;
    }

    private void grow() {
        @Nullable String[] longer = new @Nullable String[4 * keys.length];
        @Nullable Object[] moved = new @Nullable Object[longer.length];
        for (int i = 0; i < keys.length; i++) {
            String key = keys[i];
            if (key != null) {
                int place = place(longer, key);
                longer[place] = key;
                moved[place] = values[i];
            }
        }
        keys = longer;
        values = moved;
    }

    /** An action on each value. */
    interface Each<V> {
        void see(V value);
    }

    @SuppressWarnings("unchecked") // Nothing else was put there.
    void each(Each<? super V> action) {
        for (Object value : values) {
            if (value != null) {
                action.see((V) value);
            }
        }
    }
}
