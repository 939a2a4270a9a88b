package dev.korm.model.row;

import dev.korm.spi.schema.TableSchema;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A cache of objects prepared for one schema of a table. Keeps the last few: a model has few tables, and their shapes
 * change rarely. Safe for many threads; two may prepare the same at once, of which one is kept.
 */
public final class BySchema<V> {
    private static final int MOST = 16;

    private final Function<TableSchema, V> prepare;
    private volatile Entry<V>[] entries = entries(0);

    private record Entry<V>(TableSchema schema, V value) {}

    public BySchema(Function<TableSchema, V> prepare) {
        this.prepare = prepare;
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static <V> Entry<V>[] entries(int size) {
        return new Entry[size];
    }

    /** Most callers hold the very shape that it was prepared for. */
    @SuppressWarnings("ReferenceEquality")
    public V of(TableSchema schema) {
        Entry<V>[] known = entries;
        for (Entry<V> entry : known) {
            if (entry.schema() == schema) {
                return entry.value();
            }
        }
        V equal = equal(known, schema);
        return equal != null ? alias(schema, equal) : add(schema);
    }

    /** Remembers another object of a shape that is known: whoever holds it asks with it for each item, and comparing all columns takes longer than what follows. */
    private synchronized V alias(TableSchema schema, V value) {
        Entry<V>[] known = entries;
        int place = known.length;
        if (place == MOST) {
            do {
                place--;
            } while (place >= 0 && known[place].value() != value);
        }
        if (place >= 0) {
            // At the end, where it is displaced before any other shape is; or in the place of another object of the
            // shape.
            Entry<V>[] changed = Arrays.copyOf(known, Math.max(known.length, place + 1));
            changed[place] = new Entry<>(schema, value);
            entries = changed;
        }
        return value;
    }

    private @Nullable V equal(Entry<V>[] known, TableSchema schema) {
        for (Entry<V> entry : known) {
            if (entry.schema().equals(schema)) {
                return entry.value();
            }
        }
        return null;
    }

    private synchronized V add(TableSchema schema) {
        Entry<V>[] known = entries;
        V equal = equal(known, schema);
        if (equal != null) {
            return equal;
        }
        V value = prepare.apply(schema);
        int kept = Math.min(known.length, MOST - 1);
        Entry<V>[] longer = entries(kept + 1);
        longer[0] = new Entry<>(schema, value);
        System.arraycopy(known, 0, longer, 1, kept);
        entries = longer;
        return value;
    }
}
