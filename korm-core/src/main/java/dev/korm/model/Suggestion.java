package dev.korm.model;

import dev.korm.PathException;
import java.util.List;
import java.util.Locale;

/** What a misspelt field may have meant. */
final class Suggestion {
    private Suggestion() {}

    /** The refusal of a field that there is not. */
    static PathException unknown(String name, String type, Object path, List<String> names) {
        String nearest = "";
        int least = Math.max(1, name.length() / 3) + 1;
        for (String candidate : names) {
            int distance = distance(name.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
            if (distance < least) {
                least = distance;
                nearest = candidate;
            }
        }
        String hint = nearest.isEmpty()
                ? (names.isEmpty() ? "" : "; it has " + String.join(", ", names))
                : "; did you mean \"" + nearest + "\"?";
        return new PathException("There is no field \"" + name + "\" in " + type + " (path " + path + ")" + hint);
    }

    /** How many letters must be put in, taken out or changed (Levenshtein). */
    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int corner = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int change = corner + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                corner = row[j];
                row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[other.length()];
    }
}
