package dev.korm.codec.json;

import dev.korm.crypto.SecretLocation;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The position of the next value in a JSON text that is being written. */
final class JsonPosition {
    private final SecretLocation column;
    /** For each object or array that is open: the key of the member at hand; null in an array. */
    private @Nullable String[] keys = new String[8];
    /** The index of the entry at hand. */
    private int[] indexes = new int[8];

    private int depth;

    JsonPosition(SecretLocation column) {
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

    /** Begins a value. */
    void value() {
        if (depth > 0) {
            indexes[depth - 1]++;
        }
    }

    /** Returns the location of the value that begins next. */
    SecretLocation next() {
        SecretLocation location = column;
        for (int i = 0; i < depth; i++) {
            String key = keys[i];
            boolean begun = i < depth - 1;
            location = key == null ? location.entry(begun ? indexes[i] : indexes[i] + 1) : location.member(key);
        }
        return location;
    }
}
