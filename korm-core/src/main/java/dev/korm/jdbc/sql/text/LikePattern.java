package dev.korm.jdbc.sql.text;

import dev.korm.spi.query.TextFolding;
import dev.korm.spi.query.TextPattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Patterns brought into the form in which dialects write them. */
public final class LikePattern {
    private LikePattern() {}

    /**
     * Returns the pattern's parts, folded when it is insensitive, with neighbours joined and nothing empty among them.
     */
    public static List<TextPattern.Part> simplified(TextPattern pattern) {
        boolean folded = pattern.sensitivity() == TextPattern.Case.INSENSITIVE;
        List<TextPattern.Part> parts = new ArrayList<>();
        for (TextPattern.Part part : pattern.parts()) {
            TextPattern.Part last = parts.isEmpty() ? null : parts.get(parts.size() - 1);
            if (part instanceof TextPattern.Literal literal) {
                String text = folded ? TextFolding.fold(literal.text()) : literal.text();
                if (last instanceof TextPattern.Literal before) {
                    parts.set(parts.size() - 1, new TextPattern.Literal(before.text() + text));
                } else if (!text.isEmpty()) {
                    parts.add(new TextPattern.Literal(text));
                }
            } else if (!(part instanceof TextPattern.AnyText && last instanceof TextPattern.AnyText)) {
                parts.add(part);
            }
        }
        return parts;
    }

    /**
     * Writes that a text matches: a literal beginning becomes a range, which an index can serve, and the pattern does the rest.
     *
     * @param parts as {@link #simplified}
     * @param pattern writes the database's operator with the whole pattern
     */
    public static void match(SqlWriter sql, Runnable subject, List<TextPattern.Part> parts, Runnable pattern) {
        if (parts.size() <= 1 && parts.stream().allMatch(TextPattern.Literal.class::isInstance)) {
            subject.run();
            sql.add(" = ").bind(literal(parts));
            return;
        }
        String prefix = literal(parts.subList(0, 1));
        Optional<String> end = successor(prefix);
        sql.add("(");
        if (!prefix.isEmpty()) {
            subject.run();
            sql.add(" >= ").bind(prefix);
            end.ifPresent(text -> {
                sql.add(" AND ");
                subject.run();
                sql.add(" < ").bind(text);
            });
        }
        boolean rangeIsAll = end.isPresent() && parts.size() == 2 && parts.get(1) instanceof TextPattern.AnyText;
        if (!rangeIsAll) {
            sql.add(prefix.isEmpty() ? "" : " AND ");
            subject.run();
            pattern.run();
        }
        sql.add(")");
    }

    private static String literal(List<TextPattern.Part> parts) {
        return !parts.isEmpty() && parts.get(0) instanceof TextPattern.Literal literal ? literal.text() : "";
    }

    /** Returns the pattern for LIKE with {@code #} as its escape. */
    public static String like(List<TextPattern.Part> parts) {
        StringBuilder like = new StringBuilder();
        for (TextPattern.Part part : parts) {
            if (part instanceof TextPattern.Literal literal) {
                like.append(literal.text().replace("#", "##").replace("%", "#%").replace("_", "#_"));
            } else {
                like.append(part instanceof TextPattern.AnyText ? '%' : '_');
            }
        }
        return like.toString();
    }

    /** Returns the least text that is greater than every text with the prefix; empty when there is none. */
    public static Optional<String> successor(String prefix) {
        int end = prefix.length();
        while (end > 0) {
            int last = prefix.codePointBefore(end);
            int start = end - Character.charCount(last);
            if (last < Character.MAX_CODE_POINT) {
                int next = last + 1 == Character.MIN_SURROGATE ? Character.MAX_SURROGATE + 1 : last + 1;
                return Optional.of(prefix.substring(0, start) + Character.toString(next));
            }
            end = start;
        }
        return Optional.empty();
    }
}
