package dev.korm.codec;

import dev.korm.crypto.Spot;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Where in a JSON text that is being written the next value stands. */
final class JsonPlace {
    private final Spot column;
    /** For each object or array that is open: the key of the member at hand; null in an array. */
    private @Nullable String[] keys = new String[8];
    /** The index of the entry at hand. */
    private int[] indexes = new int[8];

    private int depth;

    JsonPlace(Spot column) {
        this.column = column;
    }

    void beginObject() {
        begin("");
    }

    void beginArray() {
        begin(null);
    }

    private void begin(@Nullable String key) {
        if (depth == keys.length) {
            keys = Arrays.copyOf(keys, 2 * depth);
            indexes = Arrays.copyOf(indexes, 2 * depth);
        }
        keys[depth] = key;
        indexes[depth++] = -1;
    }

    void end() {
        depth--;
    }

    void key(String key) {
        keys[depth - 1] = key;
    }

    /** A value begins. */
    void value() {
        if (depth > 0) {
            indexes[depth - 1]++;
        }
    }

    /** Where the value will stand that begins next. */
    Spot next() {
        Spot spot = column;
        for (int i = 0; i < depth; i++) {
            String key = keys[i];
            boolean begun = i < depth - 1;
            spot = key == null ? spot.entry(begun ? indexes[i] : indexes[i] + 1) : spot.member(key);
        }
        return spot;
    }
}
