package dev.korm.spi.limit;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The binding of a value to a thread while it does some work. */
final class ThreadScope {
    private ThreadScope() {}

    /** Does work of this thread within a value; afterwards the thread has what it had before. */
    static <V, T extends @Nullable Object> T within(ThreadLocal<@Nullable V> current, V value, Supplier<T> work) {
        V outer = current.get();
        current.set(value);
        try {
            return work.get();
        } finally {
            if (outer == null) {
                current.remove();
            } else {
                current.set(outer);
            }
        }
    }
}
