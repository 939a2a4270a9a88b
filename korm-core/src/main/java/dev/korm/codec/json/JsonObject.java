package dev.korm.codec.json;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The members of a JSON object in the order of the text; a repeated key is there twice, and the last counts. */
public final class JsonObject {
    private String[] keys = new String[8];
    private @Nullable Object[] values = new Object[8];
    private int size;

    public void add(String key, @Nullable Object value) {
        if (size == keys.length) {
            keys = Arrays.copyOf(keys, 2 * size);
            values = Arrays.copyOf(values, 2 * size);
        }
        keys[size] = key;
        values[size++] = value;
    }

    public int size() {
        return size;
    }

    public String key(int member) {
        return keys[member];
    }

    public @Nullable Object value(int member) {
        return values[member];
    }

    public boolean has(String key) {
        for (int i = 0; i < size; i++) {
            if (keys[i].equals(key)) {
                return true;
            }
        }
        return false;
    }

    /** Returns the value of the last member of that key; null when there is none. */
    public @Nullable Object get(String key) {
        for (int i = size - 1; i >= 0; i--) {
            if (keys[i].equals(key)) {
                return values[i];
            }
        }
        return null;
    }
}
