package dev.korm.engine.layer;

import java.util.function.LongUnaryOperator;

/**
 * The time of one change, noted by the first of its layers that has versions and taken over by the others, so that as of any moment the change has happened in all of them or in none. Used
 * by one thread.
 */
public final class ChangeTime {
    private long noted;

    /**
     * Returns the time of the change, in microseconds since 1970; another one only where that is not behind what the change follows, as after a change by a program whose clock is ahead.
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
