package dev.korm.testkit.kalam.data;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A maker of SQLite's text from a caller's: tables become the caller's view of them, functions and operators SQLite's own. */
public final class SelectRewriter {
    private static final Set<String> NOT_ALIASES = Set.of(
            "WHERE",
            "GROUP",
            "ORDER",
            "LIMIT",
            "OFFSET",
            "HAVING",
            "UNION",
            "INTERSECT",
            "EXCEPT",
            "JOIN",
            "INNER",
            "LEFT",
            "RIGHT",
            "FULL",
            "CROSS",
            "ON",
            "USING",
            "WINDOW",
            "NATURAL",
            "SET",
            "AS");
    private static final Set<String> ENDS_OF_FROM =
            Set.of("WHERE", "GROUP", "ORDER", "LIMIT", "HAVING", "UNION", "INTERSECT", "EXCEPT", "WINDOW");

    /** The committed offsets of topics, by the names that the real server's table has. */
    private static final String OFFSETS =
            " (SELECT topic AS topic_id, grp AS group_id, part AS partition_id, pos AS last_acked_offset FROM \"/offsets\") AS ";

    private final Tables tables;
    private final Caller caller;
    private final List<TableDef> used = new ArrayList<>();

    public SelectRewriter(Tables tables, Caller caller) {
        this.tables = tables;
        this.caller = caller;
    }

    /** Returns the tables that were named. */
    List<TableDef> used() {
        return used;
    }

    /** Returns a query, or a list of VALUES, as SQLite runs it. */
    public String query(Statement statement) {
        List<Token> tokens = statement.tokens();
        Set<String> names = commonTables(tokens);
        boolean showsDeleted = showsDeleted(tokens);
        List<Boolean> inFrom = new ArrayList<>(List.of(false));
        StringBuilder out = new StringBuilder();
        boolean expectsTable = false;
        for (int i = 0; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            int top = inFrom.size() - 1;
            String word = token.kind() == Token.Kind.WORD ? token.text().toUpperCase(Locale.ROOT) : "";
            if (token.is("(")) {
                inFrom.add(false);
                expectsTable = false;
                out.append(" (");
                continue;
            }
            if (token.is(")")) {
                if (inFrom.size() > 1) {
                    inFrom.remove(top);
                }
                out.append(')');
                continue;
            }
            if (word.equals("FROM") && (i == 0 || !tokens.get(i - 1).is("DISTINCT"))) {
                inFrom.set(top, true);
                expectsTable = true;
                out.append(" FROM");
                continue;
            }
            if (word.equals("JOIN")) {
                expectsTable = true;
                out.append(" JOIN");
                continue;
            }
            if (ENDS_OF_FROM.contains(word)) {
                inFrom.set(top, false);
            }
            if (token.is(",") && inFrom.get(top)) {
                expectsTable = true;
                out.append(',');
                continue;
            }
            if (expectsTable && token.isName()) {
                expectsTable = false;
                i = table(tokens, i, names, showsDeleted, out);
                continue;
            }
            i = expression(tokens, i, out);
        }
        return out.toString().trim();
    }

    private int table(List<Token> tokens, int at, Set<String> names, boolean showsDeleted, StringBuilder out) {
        boolean isQualified = at + 2 < tokens.size() && tokens.get(at + 1).is(".");
        String first = tokens.get(at).name();
        if (!isQualified && names.contains(first)) {
            out.append(' ').append(TableDef.quote(first));
            return at;
        }
        int end = isQualified ? at + 2 : at;
        String name = tokens.get(end).name();
        if (isQualified && first.equals("system") && name.equals("topic_offsets")) {
            caller.requireAdmin("system.topic_offsets");
            out.append(OFFSETS);
        } else {
            TableDef table = tables.get(isQualified ? first : caller.namespace(), name);
            caller.mayRead(table);
            used.add(table);
            out.append(" (").append(table.view(caller.user(), showsDeleted)).append(") AS ");
        }
        int next = end + 1;
        if (next < tokens.size() && tokens.get(next).is("AS")) {
            next++;
        }
        if (next < tokens.size()
                && tokens.get(next).isName()
                && !NOT_ALIASES.contains(tokens.get(next).text().toUpperCase(Locale.ROOT))) {
            out.append(TableDef.quote(tokens.get(next).name()));
            return next;
        }
        out.append(TableDef.quote(name));
        return end;
    }

    /** Appends one token of an expression, or several that are one function, and returns the index of the last. */
    private int expression(List<Token> tokens, int at, StringBuilder out) {
        Token token = tokens.get(at);
        boolean isCall = at + 1 < tokens.size() && tokens.get(at + 1).is("(");
        boolean isEmptyCall =
                isCall && at + 2 < tokens.size() && tokens.get(at + 2).is(")");
        out.append(token.is(".") || (at > 0 && tokens.get(at - 1).is(".")) ? "" : " ");
        if (token.kind() == Token.Kind.PARAMETER) {
            out.append('?').append(token.text().substring(1));
            return at;
        }
        if (token.is("::")) {
            throw SqlFailure.invalid("Casts by :: are not understood here");
        }
        if (token.is("~")) {
            out.append("REGEXP");
            return at;
        }
        if (token.kind() != Token.Kind.WORD) {
            out.append(token.text());
            return at;
        }
        switch (token.text().toUpperCase(Locale.ROOT)) {
            case "ILIKE" -> out.append("MATCH");
            case "CURRENT_USER", "CURRENT_USER_ID" -> {
                out.append('\'').append(caller.user().replace("'", "''")).append('\'');
                return isEmptyCall ? at + 2 : at;
            }
            case "CURRENT_ROLE" -> {
                out.append('\'').append(caller.role()).append('\'');
                return isEmptyCall ? at + 2 : at;
            }
            case "NOW", "CURRENT_TIMESTAMP" -> {
                out.append("KALAM_NOW()");
                return isEmptyCall ? at + 2 : at;
            }
            case "ARROW_CAST" -> {
                return arrowCast(tokens, at, out);
            }
            default -> out.append(token.text().toLowerCase(Locale.ROOT));
        }
        return at;
    }

    /** Turns {@code arrow_cast(x, 'Utf8')} into SQLite's CAST. */
    private int arrowCast(List<Token> tokens, int at, StringBuilder out) {
        int depth = 0;
        out.append("CAST(");
        for (int i = at + 1; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            if (token.is("(")) {
                depth++;
                if (depth == 1) {
                    continue;
                }
            }
            if (token.is(")") && --depth == 0) {
                return i;
            }
            if (depth == 1 && token.is(",")) {
                out.append(" AS TEXT)");
                i++;
                continue;
            }
            i = expression(tokens, i, out);
        }
        throw SqlFailure.invalid("arrow_cast needs two arguments");
    }

    private static Set<String> commonTables(List<Token> tokens) {
        Set<String> names = new HashSet<>();
        if (!tokens.isEmpty() && tokens.get(0).is("WITH")) {
            for (int i = 1; i + 2 < tokens.size(); i++) {
                if (tokens.get(i).isName()
                        && tokens.get(i + 1).is("AS")
                        && tokens.get(i + 2).is("(")
                        && (tokens.get(i - 1).is("WITH")
                                || tokens.get(i - 1).is(",")
                                || tokens.get(i - 1).is("RECURSIVE"))) {
                    names.add(tokens.get(i).name());
                }
            }
        }
        return names;
    }

    private static boolean showsDeleted(List<Token> tokens) {
        boolean isBehindWhere = false;
        for (Token token : tokens) {
            isBehindWhere |= token.is("WHERE");
            if (isBehindWhere && token.isName() && token.name().equals("_deleted")) {
                return true;
            }
        }
        return false;
    }
}
