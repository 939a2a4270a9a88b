package dev.korm.query;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Finds the name that was probably meant. */
final class NearestName {
    private static final int LONGEST = 64;

    private NearestName() {}

    /** The name nearest to a misspelt one, if one is near: at most a third of its letters differ. */
    static Optional<String> of(String name, List<String> names) {
        String best = null;
        int least = Math.max(1, name.length() / 3) + 1;
        for (String candidate : names) {
            int distance = distance(name.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
            if (distance < least) {
                least = distance;
                best = candidate;
            }
        }
        return Optional.ofNullable(best);
    }

    /** Levenshtein's distance, over the first characters of long names. */
    private static int distance(String one, String other) {
        String a = one.substring(0, Math.min(one.length(), LONGEST));
        String b = other.substring(0, Math.min(other.length(), LONGEST));
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
