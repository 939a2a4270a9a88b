package dev.korm.spi.query;

import java.util.List;

/** A pattern over text: literal pieces and wildcards. It has to match the whole text, line breaks included. */
public record TextPattern(List<Part> parts, Case sensitivity) {
    public TextPattern {
        parts = List.copyOf(parts);
    }

    /** A piece of a pattern. */
    public sealed interface Part {}

    /** Exactly this text. */
    public record Literal(String text) implements Part {}

    /** Any text, also none. */
    public record AnyText() implements Part {}

    /** Exactly one code point. */
    public record AnyCharacter() implements Part {}

    /** The choice of whether letters of different case match. */
    public enum Case {
        SENSITIVE,
        /** Texts are compared after {@link TextFolding#fold}. */
        INSENSITIVE
    }
}
