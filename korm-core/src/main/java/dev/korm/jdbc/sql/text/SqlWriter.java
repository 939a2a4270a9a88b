package dev.korm.jdbc.sql.text;

import java.util.ArrayList;
import java.util.List;

/** Collects the text of one statement together with what is bound to it, so that the two cannot come apart. */
public final class SqlWriter {
    private final StringBuilder text = new StringBuilder(512);
    private final List<BindParameter> slots = new ArrayList<>();
    private final char quote;
    private final StatementLimits limits;

    /** @param quote what the database puts around names */
    public SqlWriter(char quote, StatementLimits limits) {
        this.quote = quote;
        this.limits = limits;
    }

    /** Returns whether a table or column of korm's may be called so. */
    public static boolean isName(String name) {
        // Asked for every name of every statement, too often for a regular expression.
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
            if (!letter && !(i > 0 && c >= '0' && c <= '9')) {
                return false;
            }
        }
        return !name.isEmpty();
    }

    /** Adds SQL; never anything that came from outside. */
    public SqlWriter add(String sql) {
        text.append(sql);
        return this;
    }

    public SqlWriter add(long number) {
        text.append(number);
        return this;
    }

    /** Adds a quoted name. */
    public SqlWriter name(String name) {
        if (!isName(name)) {
            throw new RenderException("Not a name for a table or column; those match [A-Za-z_][A-Za-z0-9_]*");
        }
        text.append(quote).append(name).append(quote);
        return this;
    }

    /** Adds a quoted name of a table or column that korm did not make, whatever is in it. */
    public SqlWriter foreignName(String name) {
        if (name.isEmpty() || name.indexOf('\0') >= 0) {
            throw new RenderException("Not a name for a table or column");
        }
        String quoted = String.valueOf(quote);
        text.append(quote).append(name.replace(quoted, quoted + quoted)).append(quote);
        return this;
    }

    /** Adds a text of korm's own as a constant, where a placeholder would keep an index from being found; never anything that came from outside. */
    public SqlWriter literal(String own) {
        if (own.indexOf('\'') >= 0 || own.indexOf('\\') >= 0) {
            throw new RenderException("Not a text of korm's own");
        }
        text.append('\'').append(own).append('\'');
        return this;
    }

    /** Adds a table by the name that it has in its statement. */
    public SqlWriter source(int number) {
        text.append('s').append(number);
        return this;
    }

    public SqlWriter column(int source, String name) {
        return source(source).add(".").name(name);
    }

    /** Adds a placeholder for a value of a class that the driver binds. */
    public SqlWriter bind(Object value) {
        return bind(BindParameter.fixed(value));
    }

    public SqlWriter bind(BindParameter slot) {
        text.append('?');
        slots.add(slot);
        return this;
    }

    /** Adds a statement, or part of one, with what is bound to it. */
    public SqlWriter add(Sql sql) {
        text.append(sql.text());
        slots.addAll(sql.slots());
        return this;
    }

    /**
     * Returns the statement.
     *
     * @throws dev.korm.QueryException when it is longer than the database takes
     */
    public Sql toSql() {
        String written = text.toString();
        limits.require(written, slots);
        return new Sql(written, slots);
    }
}
