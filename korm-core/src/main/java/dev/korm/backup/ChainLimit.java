package dev.korm.backup;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.ConfigurationException;
import dev.korm.Document;
import java.time.Duration;

/**
 * The length of a chain of incremental backups. When it is reached, the next backup is a full one, which begins another chain.
 *
 * @param backups how many backups a chain has at the most, the full one among them
 * @param age how old its full backup is at the most
 */
public record ChainLimit(int backups, Duration age) {
    /** The most backups that a chain has: a restore reads all of them. */
    public static final int LONGEST = 1000;

    private static final Duration OLDEST = Duration.ofDays(36_500);

    public ChainLimit {
        requireNonNull(age, "age");
        if (backups < 1 || backups > LONGEST) {
            throw new ConfigurationException("A chain has 1 to " + LONGEST + " backups; " + backups + " were given");
        }
        if (age.toSeconds() < 1 || age.compareTo(OLDEST) > 0) {
            throw new ConfigurationException("The age of a chain is a second or more, and at the most "
                    + OLDEST.toDays() + " days; " + age + " was given");
        }
    }

    /** Returns a limit of some backups: every so many, one is full. */
    public static ChainLimit backups(int count) {
        return new ChainLimit(count, OLDEST);
    }

    /** Returns a limit of some time. */
    public static ChainLimit age(Duration age) {
        return new ChainLimit(LONGEST, age);
    }

    /** Returns a limit of a week. */
    public static ChainLimit weekly() {
        return age(Duration.ofDays(7));
    }

    /** Returns a limit that is reached when this one or another is. */
    public ChainLimit and(ChainLimit other) {
        requireNonNull(other, "other");
        return new ChainLimit(Math.min(backups, other.backups), age.compareTo(other.age) < 0 ? age : other.age);
    }

    /** Returns the form in which it is stored. */
    public Document spec() {
        return Document.builder()
                .put("backups", backups)
                .put("seconds", age.toSeconds())
                .build();
    }

    /** Reads the stored form; what is not known has no limit of its own. */
    public static ChainLimit parse(Document spec) {
        requireNonNull(spec, "spec");
        long backups = number(spec, "backups", LONGEST);
        long seconds = number(spec, "seconds", OLDEST.toSeconds());
        return new ChainLimit((int) backups, Duration.ofSeconds(seconds));
    }

    private static long number(Document spec, String member, long most) {
        return spec.get(member)
                .filter(Number.class::isInstance)
                .map(number -> ((Number) number).longValue())
                .filter(number -> number > 0 && number < most)
                .orElse(most);
    }
}
