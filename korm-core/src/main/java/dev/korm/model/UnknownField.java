package dev.korm.model;

import dev.korm.PathException;
import java.util.List;
import java.util.Locale;

/** The refusal of a field that there is not, with the one that was probably meant. */
public final class UnknownField {
    /** A longer name is no misspelling. */
    private static final int LONGEST = 64;

    private UnknownField() {}

    /**
     * Returns the error to throw.
     *
     * @param type what has no such field
     * @param names the fields it has
     */
    public static PathException error(String name, String type, Object path, List<String> names) {
        String nearest = "";
        int least = Math.max(1, name.length() / 3) + 1;
        for (String candidate : name.length() > LONGEST ? List.<String>of() : names) {
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

    /**
     * Returns the number of insertions, deletions, substitutions and transpositions between two words (Damerau and
     * Levenshtein).
     */
    private static int distance(String one, String other) {
        int[][] rows = new int[one.length() + 1][other.length() + 1];
        for (int i = 0; i <= one.length(); i++) {
            for (int j = 0; j <= other.length(); j++) {
                rows[i][j] = i == 0 || j == 0 ? i + j : cell(rows, one, other, i, j);
            }
        }
        return rows[one.length()][other.length()];
    }

    private static int cell(int[][] rows, String one, String other, int i, int j) {
        int change = rows[i - 1][j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        int least = Math.min(change, 1 + Math.min(rows[i - 1][j], rows[i][j - 1]));
        boolean swapped =
                i > 1 && j > 1 && one.charAt(i - 1) == other.charAt(j - 2) && one.charAt(i - 2) == other.charAt(j - 1);
        return swapped ? Math.min(least, rows[i - 2][j - 2] + 1) : least;
    }
}
