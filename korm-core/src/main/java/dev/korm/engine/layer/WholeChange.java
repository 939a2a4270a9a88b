package dev.korm.engine.layer;

import java.util.List;
import java.util.function.LongUnaryOperator;

/**
 * All of a change, to be noted with the versions of each of its parts: the layers that it is of, so that nobody takes a part for the whole, and one time, so that as of any moment it has
 * happened in all of them or in none. Used by one thread.
 */
public final class WholeChange {
    private final List<String> layers;
    private long noted;

    /** @param layers that the change is of */
    public WholeChange(List<String> layers) {
        this.layers = List.copyOf(layers);
    }

    /** Returns the layers that the change is of. */
    public List<String> layers() {
        return layers;
    }

    /**
     * Returns the time of the change, in microseconds since 1970: what the first of its parts noted. Another one only where that is not behind what the change follows, as after a change by a
     * program whose clock is ahead.
     *
     * @param latestBefore the time of what the change follows
     * @param next gives a time behind another
     */
    public long after(long latestBefore, LongUnaryOperator next) {
        if (noted <= latestBefore) {
            noted = next.applyAsLong(latestBefore);
        }
        return noted;
    }
}
