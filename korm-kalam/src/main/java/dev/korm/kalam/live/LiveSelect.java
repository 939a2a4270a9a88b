package dev.korm.kalam.live;

import dev.korm.kalam.sql.Names;
import dev.korm.kalam.sql.SchemaField;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A statement that can be subscribed to: columns of one table, and a filter. Whatever the server would refuse, or ignore, is refused here, by name.
 *
 * @param table the table, of {@code namespace.table}
 * @param columns the columns; none means all
 * @param filter the filter, or null
 */
record LiveSelect(
        String table, List<String> columns, @Nullable LiveFilter filter) {
    private static final Set<String> REFUSED = Set.of(
            "JOIN",
            "ORDER",
            "GROUP",
            "LIMIT",
            "OFFSET",
            "HAVING",
            "DISTINCT",
            "UNION",
            "WITH",
            "INNER",
            "LEFT",
            "RIGHT",
            "FULL",
            "CROSS");

    static LiveSelect parse(String sql) {
        List<LiveToken> tokens = LiveToken.of(sql);
        if (tokens.isEmpty() || !tokens.get(0).is("SELECT")) {
            throw refused("it does not begin with SELECT");
        }
        for (LiveToken token : tokens) {
            if (token.kind() == LiveToken.Kind.WORD
                    && REFUSED.contains(token.text().toUpperCase(Locale.ROOT))) {
                throw refused("it uses " + token.text().toUpperCase(Locale.ROOT));
            }
            if (token.kind() == LiveToken.Kind.PARAMETER) {
                throw refused("it uses parameters, which subscriptions do not have");
            }
            if (token.is(";")) {
                throw refused("it is more than one statement");
            }
        }
        int from = 1;
        while (from < tokens.size() && !tokens.get(from).is("FROM")) {
            from++;
        }
        List<String> columns = columns(tokens.subList(1, Math.min(from, tokens.size())));
        boolean isQualified = from + 3 < tokens.size()
                && tokens.get(from + 1).isName()
                && tokens.get(from + 2).is(".")
                && tokens.get(from + 3).isName();
        if (!isQualified) {
            throw refused("its table is not written namespace.table");
        }
        String table = Names.qualified(
                tokens.get(from + 1).name() + "." + tokens.get(from + 3).name());
        int where = from + 4;
        if (where == tokens.size()) {
            return new LiveSelect(table, columns, null);
        }
        if (!tokens.get(where).is("WHERE")) {
            throw refused("something else than WHERE follows its table; it has neither aliases nor several tables");
        }
        return new LiveSelect(table, columns, LiveFilter.parse(tokens.subList(where + 1, tokens.size())));
    }

    private static List<String> columns(List<LiveToken> tokens) {
        if (tokens.size() == 1 && tokens.get(0).is("*")) {
            return List.of();
        }
        List<String> columns = new ArrayList<>();
        for (int i = 0; i < tokens.size(); i++) {
            LiveToken token = tokens.get(i);
            boolean isSeparator = i % 2 == 1;
            if (isSeparator ? !token.is(",") : !token.isName()) {
                throw refused("its columns are not plain names between commas");
            }
            if (!isSeparator) {
                if (token.name().startsWith("_")) {
                    throw refused("it names " + token.name() + ", which comes by itself");
                }
                columns.add(token.name());
            }
        }
        if (tokens.size() % 2 == 0) {
            throw refused("its columns are not plain names between commas");
        }
        return columns;
    }

    static IllegalArgumentException refused(String why) {
        return new IllegalArgumentException("This cannot be subscribed to, since " + why);
    }

    /** Returns the statement, its filter in parentheses, since the server appends it to conditions of its own. */
    String sql() {
        LiveFilter condition = filter;
        return "SELECT "
                + (columns.isEmpty() ? "*" : columns.stream().map(Names::column).collect(Collectors.joining(", ")))
                + " FROM " + table + (condition == null ? "" : " WHERE (" + condition.text() + ")");
    }

    /** Returns the statement without its filter, with the columns that the filter needs, to evaluate it here. */
    LiveSelect unfiltered() {
        LiveFilter condition = filter;
        if (condition == null) {
            return this;
        }
        List<String> all = columns.isEmpty()
                ? columns
                : List.copyOf(Stream.concat(columns.stream(), condition.columns().stream())
                        .collect(Collectors.toCollection(LinkedHashSet::new)));
        return new LiveSelect(table, all, null);
    }

    /** Refuses comparisons that the server would ignore for their columns' types. */
    void requireTypes(List<SchemaField> schema) {
        LiveFilter condition = filter;
        if (condition != null) {
            condition.requireTypes(schema);
        }
    }
}
