package dev.korm.model;

import dev.korm.spi.TableShape;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is prepared for a table as it is. Keeps the last few: a model has few tables, and their shapes change rarely. Safe for
 * many threads; two may prepare the same at once, of which one is kept.
 */
final class ByShape<V> {
    private static final int MOST = 16;

    private final Function<TableShape, V> prepare;
    private volatile Entry<V>[] entries = entries(0);

    private record Entry<V>(TableShape shape, V value) {}

    ByShape(Function<TableShape, V> prepare) {
        this.prepare = prepare;
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static <V> Entry<V>[] entries(int size) {
        return new Entry[size];
    }

    /** Most callers hold the very shape that it was prepared for. */
    @SuppressWarnings("ReferenceEquality")
    V of(TableShape shape) {
        Entry<V>[] known = entries;
        for (Entry<V> entry : known) {
            if (entry.shape() == shape) {
                return entry.value();
            }
        }
        V equal = equal(known, shape);
        return equal != null ? equal : add(shape);
    }

    private @Nullable V equal(Entry<V>[] known, TableShape shape) {
        for (Entry<V> entry : known) {
            if (entry.shape().equals(shape)) {
                return entry.value();
            }
        }
        return null;
    }

    private synchronized V add(TableShape shape) {
        Entry<V>[] known = entries;
        V equal = equal(known, shape);
        if (equal != null) {
            return equal;
        }
        V value = prepare.apply(shape);
        int kept = Math.min(known.length, MOST - 1);
        Entry<V>[] longer = entries(kept + 1);
        longer[0] = new Entry<>(shape, value);
        System.arraycopy(known, 0, longer, 1, kept);
        entries = longer;
        return value;
    }
}
