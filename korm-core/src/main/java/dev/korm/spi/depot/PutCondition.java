package dev.korm.spi.depot;

import static dev.korm.argument.NullArgumentException.requireEntries;
import static dev.korm.argument.NullArgumentException.requireNonNull;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * The condition under which a file is stored at all. Asked for what {@link DepotCapabilities} denies, a depot stores
 * nothing and says so.
 */
public sealed interface PutCondition {
    /** In any case. */
    PutCondition NONE = new Always();

    /** Only when there is no such file; of many that try at once, exactly one succeeds. */
    PutCondition ABSENT = new Absent();

    /** In any case. */
    record Always() implements PutCondition {}

    /** Only when there is no such file. */
    record Absent() implements PutCondition {}

    /**
     * Only when the file is the one that was looked at.
     *
     * @param version of {@link FileStat#version()}
     */
    record Version(String version) implements PutCondition {
        public Version {
            requireNonNull(version, "version");
        }
    }

    /**
     * Unless what is there came later. Files that have the same text for one attribute form a series, and a whole number in another
     * attribute says which of a series came later. So of many that store files of one series under one name, in any order and
     * however late, the one with the highest number is there in the end.
     *
     * @param series the key of the attribute that files of one series have in common
     * @param number the key of the attribute with the number, which grows; a file without one counts as the first
     * @param since what is there and is of another series, or of none, is kept when it was stored after this instant, by the
     *     depot's clock; replaced in any case when empty
     */
    record Newer(String series, String number, Optional<Instant> since) implements PutCondition {
        public Newer {
            requireNonNull(series, "series");
            requireNonNull(number, "number");
            requireNonNull(since, "since");
        }

        /** Stores the file unless the present one is a later one of the same series. */
        public static Newer of(String series, String number) {
            return new Newer(series, number, Optional.empty());
        }

        /** Returns a condition that also keeps files of other series which were stored after an instant. */
        public Newer since(Instant instant) {
            return new Newer(series, number, Optional.of(requireNonNull(instant, "instant")));
        }

        /**
         * Returns whether a file takes the place of the one that is there. One of the same number does: it is the same file.
         *
         * @param attributes those of the file that is to be stored
         */
        public boolean replaces(FileStat there, Map<String, String> attributes) {
            requireNonNull(there, "there");
            requireEntries(attributes, "attributes");
            String own = attributes.get(series);
            if (own != null && own.equals(there.attributes().get(series))) {
                return number(there.attributes()) <= number(attributes);
            }
            return since.isEmpty() || !there.modified().isAfter(since.get());
        }

        private long number(Map<String, String> attributes) {
            try {
                return Long.parseLong(attributes.getOrDefault(number, ""));
            } catch (NumberFormatException none) {
                return Long.MIN_VALUE;
            }
        }
    }
}
