package dev.korm.model.row;

import dev.korm.spi.schema.TableSchema;
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
        return equal != null ? equal : add(schema);
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
