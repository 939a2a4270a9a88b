package dev.korm.engine.item;

import org.jspecify.annotations.Nullable;

/** The columns of a terminal that texts take. */
final class TextWidth {
    private static final int USUAL = 100;
    private static final int LEAST = 40;
    private static final int MOST = 500;

    private TextWidth() {}

    /** Returns the width that the variable COLUMNS says, or the usual one. */
    static int ofTerminal() {
        return parse(System.getenv("COLUMNS"));
    }

    static int parse(@Nullable String columns) {
        if (columns == null || !columns.matches("[0-9]{1,6}")) {
            return USUAL;
        }
        return Math.max(LEAST, Math.min(MOST, Integer.parseInt(columns)));
    }

    /** Returns how many columns a text takes. */
    static int of(@Nullable String text) {
        return text == null ? 0 : text.codePoints().map(TextWidth::of).sum();
    }

    private static int of(int character) {
        int type = Character.getType(character);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
            return 0;
        }
        boolean wide = (character >= 0x1100 && character <= 0x115f)
                || (character >= 0x2e80 && character <= 0xa4cf)
                || (character >= 0xac00 && character <= 0xd7a3)
                || (character >= 0xf900 && character <= 0xfaff)
                || (character >= 0xfe30 && character <= 0xfe6f)
                || (character >= 0xff00 && character <= 0xff60)
                || (character >= 0x1f300 && character <= 0x1faff)
                || (character >= 0x20000 && character <= 0x3fffd);
        return wide ? 2 : 1;
    }

    /** Returns a text without characters that could move the cursor of a terminal or turn the order of others. */
    static String clean(String text) {
        return text.replaceAll("[\\p{Cntrl}\\p{Zl}\\p{Zp}\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]|\\p{Cs}", "·");
    }

    static String padded(@Nullable String text, int width) {
        String whole = text == null ? "" : text;
        return whole + " ".repeat(Math.max(0, width - of(whole)));
    }

    /** Returns the beginning of a text that takes no more columns. */
    static String cut(String text, int width) {
        if (of(text) <= width) {
            return text;
        }
        StringBuilder cut = new StringBuilder();
        int taken = 0;
        for (int character : text.codePoints().toArray()) {
            taken += of(character);
            if (taken >= width) {
                break;
            }
            cut.appendCodePoint(character);
        }
        return width <= 0 ? "" : cut.append('…').toString();
    }
}
