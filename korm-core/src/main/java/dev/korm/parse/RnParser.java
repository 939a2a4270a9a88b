package dev.korm.parse;

import dev.korm.Rn;
import dev.korm.RnException;
import dev.korm.table.RowKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the text form of RNs in one pass.
 *
 * <pre>
 * item         [rn]MODS:namespace:kind:id     id: a version 4 UUID, or "=" and the key of a row (RowKey)
 * collection   [rn]MODS:namespace:kind:*
 * depot file   [rn]MODS:part(:part)*          MODS contain depot
 * depot prefix [rn]MODS:(part:)**             MODS contain depot
 * MODS      := ( "[" key "::" value "]" )*
 * </pre>
 */
public final class RnParser {
    public static final String START = "[rn]";

    private static final String WORD_RULE =
            "allowed is a lower-case letter, then lower-case letters and digits: [a-z][a-z0-9]*";
    private static final String ID_RULE =
            "a version 4 UUID in lower case: 8-4-4-4-12 hex digits, the third group begins with 4, the fourth with 8, 9, a or b";
    private static final int UUID_LENGTH = 36;
    /** What each place of a UUID wants, one bit of what {@link #UUID_CHARS} says of a character below 128. */
    private static final byte[] UUID_WANTED = new byte[UUID_LENGTH];

    private static final byte[] UUID_CHARS = new byte[128];
    /** One place of each kind of them: any digit, the dashes, the version and the variant. */
    private static final int[] UUID_KINDS = {0, 8, 14, 19};

    static {
        for (int kind = 0; kind < UUID_KINDS.length; kind++) {
            for (char c = 0; c < UUID_CHARS.length; c++) {
                UUID_CHARS[c] |= (byte) (uuidChar(UUID_KINDS[kind], c) ? 1 << kind : 0);
            }
        }
        for (int i = 0; i < UUID_LENGTH; i++) {
            UUID_WANTED[i] = (byte)
                    switch (i) {
                        case 8, 13, 18, 23 -> 1 << 1;
                        case 14 -> 1 << 2;
                        case 19 -> 1 << 3;
                        default -> 1;
                    };
        }
    }

    private static final String KEY_RULE =
            "the key of a row behind \"=\": its parts with \",\" between them, no control character, and %, :, comma and brackets as %25, %3A, %2C, %5B, %5D";

    private final String text;
    private final int length;
    private int at;
    private Rn.Form form = Rn.Form.ITEM;
    private Map<String, String> mods = Map.of();
    private List<String> parts = List.of();

    public RnParser(String text) {
        if (text == null) {
            throw new RnException("An RN was expected, but null was given", 0);
        }
        this.text = text;
        this.length = text.length();
    }

    /** Checks the id of an item: a UUID, or the key of a row. */
    public static void checkId(String id) {
        int wrong = badIdChar(id, 0);
        if (wrong >= 0) {
            throw new RnParser(id).error("The id of an item is " + idRule(id, 0), wrong);
        }
    }

    /** Returns the first char of an id that cannot stand there; -1 where there is none. */
    private static int badIdChar(String text, int start) {
        return RowKey.isBegun(text, start) ? RowKey.badChar(text, start) : badUuidChar(text, start);
    }

    private static String idRule(String text, int start) {
        return RowKey.isBegun(text, start) ? KEY_RULE : ID_RULE;
    }

    /** Returns whether the text is an RN. */
    public boolean isValid() {
        try {
            parse();
            return true;
        } catch (RnException notAnRn) {
            return false;
        }
    }

    /**
     * Reads the text; from then on its parts can be asked for.
     *
     * @throws RnException when it is no RN
     */
    public RnParser parse() {
        if (!text.startsWith(START)) {
            throw error("An RN begins with \"[rn]\"", mismatch());
        }
        at = START.length();
        mods = readMods();
        if (at == length || text.charAt(at) != ':') {
            throw error("Expected \":\" (or another mod, \"[key::value]\") after the mods", at);
        }
        at++;
        if (at == length) {
            throw error("The body is missing: namespace:kind:id for items, part:part:… for files", at);
        }
        parts = mods.containsKey(Rn.DEPOT) ? depot() : item();
        return this;
    }

    public Rn.Form form() {
        return form;
    }

    /** Returns the mods, in the order in which they were written. */
    public Map<String, String> mods() {
        return mods;
    }

    public List<String> parts() {
        return parts;
    }

    /** Appends a mod; a value that would end it early is caught when the text is parsed. */
    public static void appendMod(StringBuilder out, String key, String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '[' || c == ']') {
                throw new RnException("A mod's value may not contain \"[\" or \"]\"", i);
            }
        }
        int wrong = badWordChar(key, 0, key.length());
        if (wrong >= 0) {
            throw new RnException("The key of a mod is not valid; " + WORD_RULE, wrong);
        }
        if (value.isEmpty()) {
            throw new RnException("The value of the mod \"" + key + "\" is empty", 0);
        }
        out.append('[').append(key).append("::").append(value).append(']');
    }

    private Map<String, String> readMods() {
        if (at == length || text.charAt(at) != '[') {
            return Map.of();
        }
        Map<String, String> mods = new LinkedHashMap<>(4);
        while (at < length && text.charAt(at) == '[') {
            int end = text.indexOf(']', at);
            if (end < 0) {
                throw error("The mod that begins at " + at + " is not closed by \"]\"", length);
            }
            int split = text.indexOf("::", at);
            if (split < 0 || split >= end) {
                throw error("A mod has the form [key::value]; \"::\" is missing", end);
            }
            int wrong = badWordChar(text, at + 1, split);
            if (wrong >= 0) {
                throw error("The key of a mod is not valid; " + WORD_RULE, wrong);
            }
            int valueStart = split + 2;
            if (valueStart == end) {
                throw error("The value of a mod is empty", end);
            }
            int bracket = text.indexOf('[', valueStart);
            if (bracket >= 0 && bracket < end) {
                throw error("A mod's value may not contain \"[\" or \"]\"", bracket);
            }
            mods.put(text.substring(at + 1, split), text.substring(valueStart, end));
            at = end + 1;
        }
        return mods;
    }

    private List<String> item() {
        int start = at;
        int first = text.indexOf(':', start);
        int second = first < 0 ? -1 : text.indexOf(':', first + 1);
        if (second < 0) {
            throw error("An item's RN ends in namespace:kind:id; a \":\" is missing", length);
        }
        word("namespace", start, first);
        word("kind", first + 1, second);
        int idStart = second + 1;
        boolean collection = length == idStart + 1 && text.charAt(idStart) == '*';
        if (!collection) {
            int wrong = badIdChar(text, idStart);
            if (wrong >= 0) {
                throw error("The id is \"*\" or " + idRule(text, idStart), wrong);
            }
        }
        List<String> parts =
                List.of(text.substring(start, first), text.substring(first + 1, second), text.substring(idStart));
        form = collection ? Rn.Form.COLLECTION : Rn.Form.ITEM;
        return parts;
    }

    private void word(String what, int start, int end) {
        int wrong = badWordChar(text, start, end);
        if (wrong >= 0) {
            throw error("The " + what + " is not valid; " + WORD_RULE, wrong);
        }
        if (end - start == 9 && text.startsWith("undefined", start)) {
            throw error("The " + what + " may not be the word \"undefined\"", start);
        }
    }

    /**
     * Returns the first char of the range that cannot stand there in [a-z][a-z0-9]*, its end when it is empty; else -1.
     */
    private static int badWordChar(String text, int start, int end) {
        if (start == end) {
            return start;
        }
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            if (!(c >= 'a' && c <= 'z') && !(i > start && c >= '0' && c <= '9')) {
                return i;
            }
        }
        return -1;
    }

    private static int badUuidChar(String text, int start) {
        if (isUuid(text, start)) {
            return -1;
        }
        int length = text.length();
        for (int i = 0; i < UUID_LENGTH; i++) {
            if (start + i == length || !uuidChar(i, text.charAt(start + i))) {
                return start + i;
            }
        }
        return start + UUID_LENGTH;
    }

    /**
     * Checks a text for the form of a UUID. It runs for every row that is read, and the digits of an id are random: a branch on each would
     * be foretold wrongly every third time, which took five times as long as the table does.
     */
    private static boolean isUuid(String text, int start) {
        if (text.length() != start + UUID_LENGTH) {
            return false;
        }
        int wrong = 0;
        for (int i = 0; i < UUID_LENGTH; i++) {
            int c = text.charAt(start + i);
            wrong |= c >>> 7 | (UUID_WANTED[i] & ~UUID_CHARS[c & 127]);
        }
        return wrong == 0;
    }

    private static boolean uuidChar(int index, char c) {
        return switch (index) {
            case 8, 13, 18, 23 -> c == '-';
            case 14 -> c == '4';
            case 19 -> c == '8' || c == '9' || c == 'a' || c == 'b';
            default -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        };
    }

    private List<String> depot() {
        List<String> parts = new ArrayList<>();
        int start = at;
        while (true) {
            int end = text.indexOf(':', start);
            boolean last = end < 0;
            depotPart(start, last ? length : end, last);
            parts.add(text.substring(start, last ? length : end));
            if (last) {
                break;
            }
            start = end + 1;
        }
        boolean prefix = parts.get(parts.size() - 1).equals("*");
        form = prefix ? Rn.Form.PREFIX : Rn.Form.FILE;
        return List.copyOf(parts);
    }

    private void depotPart(int start, int end, boolean last) {
        if (start == end) {
            throw error("A part of a depot RN may not be empty", start);
        }
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            if (c == '[' || c == ']' || c == '/' || c == '\\' || c == 0) {
                throw error("A part of a depot RN may not contain \"[\", \"]\", \"/\", \"\\\" or NUL", i);
            }
        }
        int size = end - start;
        if (text.charAt(start) == '.' && (size == 1 || (size == 2 && text.charAt(start + 1) == '.'))) {
            throw error("A part of a depot RN may not be \".\" or \"..\"", start);
        }
        if (!last && size == 1 && text.charAt(start) == '*') {
            throw error("\"*\" stands for all files only as the last part of a depot RN", start);
        }
    }

    private int mismatch() {
        int i = 0;
        while (i < length && i < START.length() && text.charAt(i) == START.charAt(i)) {
            i++;
        }
        return i;
    }

    private RnException error(String what, int position) {
        return new RnException(describe(what, position), position);
    }

    private String describe(@Nullable String what, int position) {
        int from = Math.max(0, position - 24);
        String around = text.substring(from, Math.min(length, position + 12)).replaceAll("\\p{Cntrl}", "?");
        String found = position < length ? " at character " + position : " at the end of the text";
        return "Not an RN: " + what + found + ", near \"" + around + "\"";
    }
}
