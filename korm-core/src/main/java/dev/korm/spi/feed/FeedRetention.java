package dev.korm.spi.feed;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import java.time.Duration;

/**
 * The time for which changes of a feed are kept. A change is forgotten when it is older than {@link #age} and every reader has read it; a reader that was away for longer than {@link #absence} is not waited for any more.
 *
 * @param age how long a change is kept at least, read or not
 * @param absence how long a reader may be away, at the most, before changes that it has not read are forgotten
 */
public record FeedRetention(Duration age, Duration absence) {
    /** A day for every change, and seven days for readers that are away. */
    public static final FeedRetention DEFAULT = new FeedRetention(Duration.ofDays(1), Duration.ofDays(7));

    public FeedRetention {
        requireNonNull(age, "age");
        requireNonNull(absence, "absence");
        if (age.isNegative() || absence.isNegative()) {
            throw new IllegalArgumentException("Changes are kept for no negative time: " + age + ", " + absence);
        }
    }

    /** Returns the same with another least age of changes that are forgotten. */
    public FeedRetention withAge(Duration least) {
        return new FeedRetention(requireNonNull(least, "least"), absence);
    }

    /** Returns the same with another longest absence of readers. */
    public FeedRetention withAbsence(Duration longest) {
        return new FeedRetention(age, requireNonNull(longest, "longest"));
    }
}
