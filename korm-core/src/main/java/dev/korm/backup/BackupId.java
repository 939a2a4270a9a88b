package dev.korm.backup;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import java.util.regex.Pattern;

/**
 * The identity of a backup.
 *
 * @param depot the name of the depot that holds it
 * @param name its own, which begins with the time of its cut: {@code 20261128T113000Z-1f9c02ab}
 */
public record BackupId(String depot, String name) {
    private static final Pattern FORM = Pattern.compile("[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}");

    /** @throws IllegalArgumentException when the name is not that of a backup */
    public BackupId {
        requireNonNull(depot, "depot");
        requireNonNull(name, "name");
        if (!FORM.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "Not the name of a backup: it is a time and eight hex digits, as in 20261128T113000Z-1f9c02ab");
        }
    }

    /** Returns whether a text has the form of a backup's name. */
    public static boolean isName(String text) {
        return FORM.matcher(requireNonNull(text, "text")).matches();
    }

    /** Returns the depot and the name. */
    @Override
    public String toString() {
        return depot + ":" + name;
    }
}
