package dev.korm.query;

import dev.korm.FieldPath;
import dev.korm.Filter;
import dev.korm.QueryException;
import dev.korm.codec.text.StorableText;
import dev.korm.spi.query.TextPattern;
import java.util.ArrayList;
import java.util.List;

/** Makes text patterns of what filters ask for. */
final class Patterns {
    private Patterns() {}

    static TextPattern of(Filter.Match match, String text, Filter.Case sensitivity, FieldPath path) {
        if (!StorableText.isStorable(text)) {
            throw new QueryException(path + " cannot be matched with a text that has U+0000 or an unpaired surrogate:"
                    + " no such text can be stored");
        }
        TextPattern.Part any = new TextPattern.AnyText();
        List<TextPattern.Part> parts =
                switch (match) {
                    case LIKE -> like(text, path);
                    case EQUALS -> List.of(new TextPattern.Literal(text));
                    case CONTAINS -> List.of(any, new TextPattern.Literal(text), any);
                    case STARTS_WITH -> List.of(new TextPattern.Literal(text), any);
                    case ENDS_WITH -> List.of(any, new TextPattern.Literal(text));
                };
        return new TextPattern(parts, TextPattern.Case.valueOf(sensitivity.name()));
    }

    /** SQL's LIKE: % any text, _ one character, \ takes the next literally. */
    private static List<TextPattern.Part> like(String pattern, FieldPath path) {
        List<TextPattern.Part> parts = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '\\') {
                i++;
                if (i == pattern.length()) {
                    throw new QueryException("The pattern for " + path
                            + " ends in a single \\, which escapes nothing; write \\\\ for a backslash");
                }
                literal.append(pattern.charAt(i));
            } else if (c == '%' || c == '_') {
                flush(literal, parts);
                boolean repeated =
                        c == '%' && !parts.isEmpty() && parts.get(parts.size() - 1) instanceof TextPattern.AnyText;
                if (!repeated) {
                    parts.add(c == '%' ? new TextPattern.AnyText() : new TextPattern.AnyCharacter());
                }
            } else {
                literal.append(c);
            }
        }
        flush(literal, parts);
        return parts;
    }

    private static void flush(StringBuilder literal, List<TextPattern.Part> parts) {
        if (literal.length() > 0) {
            parts.add(new TextPattern.Literal(literal.toString()));
            literal.setLength(0);
        }
    }
}
