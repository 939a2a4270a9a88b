package dev.korm.spi.evaluate;

import dev.korm.spi.query.TextFolding;
import dev.korm.spi.query.TextPattern;
import java.util.stream.IntStream;

/** Matches whole texts against a pattern, by code points, in memory and time bounded by their lengths. */
final class PatternMatcher {
    private static final int ANY_TEXT = -1;
    private static final int ANY_CHARACTER = -2;

    private final int[] pattern;
    private final TextPattern.Case sensitivity;

    PatternMatcher(TextPattern pattern) {
        this.sensitivity = pattern.sensitivity();
        this.pattern = pattern.parts().stream().flatMapToInt(this::codePoints).toArray();
    }

    private IntStream codePoints(TextPattern.Part part) {
        if (part instanceof TextPattern.Literal literal) {
            return folded(literal.text()).codePoints();
        }
        return IntStream.of(part instanceof TextPattern.AnyText ? ANY_TEXT : ANY_CHARACTER);
    }

    private String folded(String text) {
        return switch (sensitivity) {
            case SENSITIVE -> text;
            case INSENSITIVE -> TextFolding.fold(text);
        };
    }

    /** Goes back only to the last wildcard for any text: an earlier one could match no more than that one. */
    boolean matches(String value) {
        String text = folded(value);
        int at = 0;
        int part = 0;
        int wildcard = -1;
        int retry = 0;
        while (at < text.length()) {
            int c = text.codePointAt(at);
            if (part < pattern.length && pattern[part] == ANY_TEXT) {
                wildcard = part++;
                retry = at;
            } else if (part < pattern.length && (pattern[part] == ANY_CHARACTER || pattern[part] == c)) {
                at += Character.charCount(c);
                part++;
            } else if (wildcard >= 0) {
                retry += Character.charCount(text.codePointAt(retry));
                at = retry;
                part = wildcard + 1;
            } else {
                return false;
            }
        }
        while (part < pattern.length && pattern[part] == ANY_TEXT) {
            part++;
        }
        return part == pattern.length;
    }
}
