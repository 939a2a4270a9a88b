package dev.korm.spi.query;

import java.util.Locale;

/** The comparison of texts without regard to case, the same on every layer and in every locale. */
public final class TextFolding {
    private TextFolding() {}

    /**
     * Returns the text with case differences taken out: upper case, then lower case, in the root locale, so that {@code
     * ß}, {@code SS} and {@code ss} are alike, and so are both small sigmas wherever they stand: a piece of a text
     * folds to a piece of the folded text. Accents stay.
     */
    public static String fold(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80 || (c >= 'A' && c <= 'Z')) {
                return text.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT).replace('ς', 'σ');
            }
        }
        return text;
    }
}
