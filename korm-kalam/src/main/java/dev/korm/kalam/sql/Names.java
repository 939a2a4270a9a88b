package dev.korm.kalam.sql;

import static dev.korm.kalam.error.KalamNullException.requireNonNull;

import java.util.Locale;
import java.util.regex.Pattern;

/** Names of tables, columns and topics, checked before they become part of a statement. */
public final class Names {
    private static final int MAX = 128;
    private static final Pattern PART = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,63}");
    private static final Pattern TOPIC = Pattern.compile("[A-Za-z][A-Za-z0-9_]*\\.[A-Za-z0-9_.-]+");

    private Names() {}

    /** Returns {@code namespace.table} or {@code table} as a statement has it. */
    public static String table(String name) {
        requireNonNull(name, "name");
        String[] parts = name.split("\\.", -1);
        if (parts.length > 2 || name.length() > MAX) {
            throw new IllegalArgumentException(
                    "A table is named as table or namespace.table: '" + shortened(name) + "'");
        }
        for (String part : parts) {
            part(part, "table");
        }
        return name.toLowerCase(Locale.ROOT);
    }

    /** Returns {@code namespace.table}; a bare name is refused. */
    public static String qualified(String name) {
        requireNonNull(name, "name");
        if (name.indexOf('.') < 0) {
            throw new IllegalArgumentException("A table is named as namespace.table here: '" + shortened(name) + "'");
        }
        return table(name);
    }

    /** Returns a column's name as a statement has it, quoted, since it may be a word of SQL. */
    public static String column(String name) {
        requireNonNull(name, "name");
        part(name, "column");
        return "\"" + name.toLowerCase(Locale.ROOT) + "\"";
    }

    /** Returns a namespace's name. */
    public static String namespace(String name) {
        requireNonNull(name, "name");
        part(name, "namespace");
        return name.toLowerCase(Locale.ROOT);
    }

    /** Returns a topic's name, which is written without quotes. */
    public static String topic(String name) {
        requireNonNull(name, "name");
        // Two dashes would begin a comment.
        if (name.length() > MAX || name.contains("--") || !TOPIC.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "A topic is named as namespace.name, of letters, digits, _ and single -: '" + shortened(name)
                            + "'");
        }
        return name;
    }

    /** Returns a user's id. */
    public static String user(String id) {
        requireNonNull(id, "id");
        // The server takes an id without the blanks around it, which is another user.
        if (id.isBlank()
                || !id.equals(id.strip())
                || id.length() > MAX
                || id.contains("..")
                || id.indexOf('/') >= 0
                || id.indexOf('\\') >= 0
                || id.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    "A user's id is not blank, has no blanks around it, at most " + MAX + " characters and no .. / \\");
        }
        return id;
    }

    private static void part(String name, String what) {
        // _seq and _deleted are the server's own columns.
        boolean isSystem = what.equals("column") && (name.equals("_seq") || name.equals("_deleted"));
        if (!isSystem && !PART.matcher(name).matches()) {
            throw new IllegalArgumentException("The name of a " + what
                    + " begins with a letter and consists of at most 64 letters, digits and _: '" + shortened(name)
                    + "'");
        }
    }

    private static String shortened(String name) {
        return name.length() <= MAX ? name : name.substring(0, MAX) + "…";
    }
}
