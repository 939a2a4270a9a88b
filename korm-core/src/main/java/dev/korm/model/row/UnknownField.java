package dev.korm.model.row;

import dev.korm.PathException;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The refusal of a field that there is not, with the one that was probably meant; and the column that a field without one probably had. */
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
    static int distance(String one, String other) {
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

    /**
     * Returns the column whose name is nearest to that of a field without a column.
     *
     * @param named the stored names of the record's fields
     */
    public static Optional<String> formerColumn(String field, ColumnKind kind, TableSchema actual, Set<String> named) {
        List<String> free = free(kind, actual, named);
        return free.stream()
                .filter(name -> isAlike(name, field))
                .min((one, other) -> Integer.compare(distance(one, field), distance(other, field)));
    }

    /** Works as {@link #formerColumn}; the only column that can be meant is returned whatever its name. */
    public static Optional<String> formerOrOnlyColumn(
            String field, ColumnKind kind, TableSchema actual, Set<String> named) {
        List<String> free = free(kind, actual, named);
        return free.size() == 1 ? Optional.of(free.get(0)) : formerColumn(field, kind, actual, named);
    }

    private static List<String> free(ColumnKind kind, TableSchema actual, Set<String> named) {
        return actual.columns().stream()
                .filter(column -> !column.isHidden() && column.kind() == kind && !named.contains(column.name()))
                .map(ColumnSchema::name)
                .toList();
    }

    private static boolean isAlike(String one, String other) {
        String a = plain(one);
        String b = plain(other);
        int shorter = Math.min(a.length(), b.length());
        return distance(a, b) <= Math.max(1, shorter / 3) || (shorter >= 3 && (a.contains(b) || b.contains(a)));
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replace("_", "");
    }
}
