package dev.korm.kalam.layer.ledger;

import java.nio.charset.StandardCharsets;

/**
 * A row's name in the store, and what the keys of its versions begin with. Keys are ASCII, so they have one order everywhere.
 *
 * @param table the table's name, or a word of the layer's own
 * @param id the row's id, any text
 */
public record RowKey(String table, String id) {
    /** The rows that say what tables there are. */
    static final String SCHEMAS = "schema";

    /** The parts of commits that are too large for one value. */
    static final String PARTS = "part";

    /** The rows that say what change feeds may still tell. */
    public static final String FEED = "feed";

    private static final char SEPARATOR = '/';
    private static final char BEHIND_SEPARATOR = '0';
    private static final int DIGITS = 16;

    /** Returns what the keys of all versions begin with. */
    String prefix() {
        return table + SEPARATOR + escaped(id) + SEPARATOR;
    }

    /** Returns the first key behind all that begin with a prefix. */
    static String behind(String prefix) {
        return prefix.substring(0, prefix.length() - 1) + BEHIND_SEPARATOR;
    }

    /** Returns what the keys of all rows of a table begin with. */
    static String prefix(String table) {
        return table + SEPARATOR;
    }

    /** Returns the key of a version's part; longer rows have several. */
    String version(long number, int part) {
        String digits = Long.toHexString(number);
        return prefix() + "0".repeat(DIGITS - digits.length()) + digits + (part == 0 ? "" : "-" + (100_000 + part));
    }

    /** Returns what a version's key says before the version. */
    static String prefixOf(String version) {
        return version.substring(0, version.lastIndexOf(SEPARATOR) + 1);
    }

    /** Returns the number that a version's key ends with. */
    static long numberOf(String version) {
        int at = version.lastIndexOf(SEPARATOR) + 1;
        return Long.parseLong(version, at, at + DIGITS, 16);
    }

    /** Returns whether a key is of a part of a commit. */
    static boolean isPart(String version) {
        return version.startsWith(PARTS + SEPARATOR);
    }

    /** Returns the row that a prefix is of. */
    static RowKey parse(String prefix) {
        int split = prefix.indexOf(SEPARATOR);
        return new RowKey(prefix.substring(0, split), unescaped(prefix.substring(split + 1, prefix.length() - 1)));
    }

    private static String escaped(String id) {
        StringBuilder out = null;
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == SEPARATOR || c == '%') {
                out = new StringBuilder();
                break;
            }
        }
        if (out == null) {
            return id;
        }
        for (byte each : id.getBytes(StandardCharsets.UTF_8)) {
            if (each <= ' ' || each == 0x7f || each == SEPARATOR || each == '%') {
                out.append(String.format("%%%02X", each & 0xff));
            } else {
                out.append((char) each);
            }
        }
        return out.toString();
    }

    private static String unescaped(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '%') {
                out.write(Integer.parseInt(text, i + 1, i + 3, 16));
                i += 2;
            } else {
                out.write(text.charAt(i));
            }
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    /** Returns the table alone, since an id may be private. */
    @Override
    public String toString() {
        return "a row of " + table;
    }
}
