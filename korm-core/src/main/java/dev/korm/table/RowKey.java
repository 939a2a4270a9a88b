package dev.korm.table;

import static dev.korm.argument.NullArgumentException.requireElements;
import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.RnException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The primary key of a row as the id of an RN: {@code =42}, {@code =SKU-17}, {@code =42,3} for a key of two columns. In a part, the characters that
 * mean something in an RN or between parts stand as {@code %25 %3A %2C %5B %5D}, in upper case; everything else stands as it is, but for control
 * characters, which no part may have. So a database spells it with a few replacements.
 */
public final class RowKey {
    private static final char START = '=';

    private static final char BETWEEN = ',';
    private static final String ESCAPED = "%:,[]";
    private static final int LONGEST = 1000;

    private RowKey() {}

    /** Returns whether an id that begins there is the key of a row. */
    public static boolean isBegun(String text, int start) {
        requireNonNull(text, "text");
        return start < text.length() && text.charAt(start) == START;
    }

    /**
     * Returns a primary key as the id of an RN.
     *
     * @param key its parts: whole numbers, texts, UUIDs or dates
     * @throws RnException when a part is not as it must be
     */
    public static String of(Object... key) {
        requireElements(key, "key");
        if (key.length == 0) {
            throw new RnException("A key has at least one part", 0);
        }
        StringBuilder out = new StringBuilder();
        for (Object part : key) {
            out.append(out.isEmpty() ? START : BETWEEN);
            append(out, text(part));
        }
        int wrong = badChar(out, 0);
        if (wrong >= 0) {
            throw new RnException(
                    "A key has no control characters, and at most " + LONGEST + " characters as the id of an RN",
                    wrong);
        }
        return out.toString();
    }

    private static String text(Object part) {
        boolean whole =
                part instanceof Long || part instanceof Integer || part instanceof Short || part instanceof Byte;
        if (whole || part instanceof String || part instanceof UUID || part instanceof java.time.LocalDate) {
            return part.toString();
        }
        throw new RnException(
                "A part of a key is a whole number, a text, a UUID or a date, not a "
                        + part.getClass().getSimpleName(),
                0);
    }

    private static void append(StringBuilder out, String part) {
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            if (ESCAPED.indexOf(c) >= 0) {
                out.append('%').append(Character.toUpperCase(Character.forDigit(c >> 4, 16)));
                out.append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
            } else {
                out.append(c);
            }
        }
    }

    /** Returns the first char behind {@code start} that cannot stand there; -1 where there is none. */
    public static int badChar(CharSequence text, int start) {
        requireNonNull(text, "text");
        for (int i = start + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean escape = c == '%' && isEscape(text, i);
            if (c < ' ' || c == 0x7f || c == ':' || c == '[' || c == ']' || (c == '%' && !escape)) {
                return i;
            }
        }
        return text.length() - start > LONGEST ? start + LONGEST : -1;
    }

    private static boolean isEscape(CharSequence text, int at) {
        if (at + 2 >= text.length()) {
            return false;
        }
        return switch (text.subSequence(at + 1, at + 3).toString()) {
            case "25", "3A", "2C", "5B", "5D" -> true;
            default -> false;
        };
    }

    /** Returns the parts of a key that {@link #badChar} finds no fault with. */
    public static List<String> parts(String id) {
        requireNonNull(id, "id");
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        for (int i = 1; i < id.length(); i++) {
            char c = id.charAt(i);
            if (c == BETWEEN) {
                parts.add(part.toString());
                part.setLength(0);
            } else if (c == '%') {
                part.append((char) Integer.parseInt(id.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                part.append(c);
            }
        }
        parts.add(part.toString());
        return List.copyOf(parts);
    }
}
