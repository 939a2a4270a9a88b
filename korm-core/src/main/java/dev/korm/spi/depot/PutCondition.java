package dev.korm.spi.depot;

import static dev.korm.argument.NullArgumentException.requireEntries;
import static dev.korm.argument.NullArgumentException.requireNonNull;

import java.util.Map;
import java.util.function.Predicate;

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
     * @param others says whether what is there and is of another series, or of none, is replaced. It is asked while the depot
     *     holds the name, perhaps several times: it answers at once, from what it is given, and asks no depot
     */
    record Newer(String series, String number, Predicate<FileStat> others) implements PutCondition {
        public Newer {
            requireNonNull(series, "series");
            requireNonNull(number, "number");
            requireNonNull(others, "others");
        }

        /** Stores the file unless the present one is a later one of the same series. */
        public static Newer of(String series, String number) {
            return new Newer(series, number, any -> true);
        }

        /** Returns a condition that also keeps those files of other series, and of none, which a test does not let go. */
        public Newer replacing(Predicate<FileStat> others) {
            return new Newer(series, number, others);
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
            return others.test(there);
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
