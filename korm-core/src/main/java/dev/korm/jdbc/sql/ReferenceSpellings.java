package dev.korm.jdbc.sql;

import dev.korm.Rn;
import dev.korm.jdbc.sql.text.SqlWriter;
import dev.korm.spi.query.Join;
import dev.korm.spi.query.TableName;

/**
 * The ways in which a reference may be spelt that names an item of its own layer. Almost all are one of two, with the layer and without it, and are
 * compared whole, by an index of the column. Only one with further mods has to be taken apart.
 */
public final class ReferenceSpellings {
    private static final String START = "[rn]";
    private static final String PREFIXES = "spelling";

    private ReferenceSpellings() {}

    /** Writes whether a reference is the RN of one of the rows that a subquery finds. */
    public static void namesOneOf(
            SqlWriter sql, Dialect dialect, Join join, Dialect.ReferencedRows rows, TableSources sources) {
        sql.add("(");
        text(sql, dialect, join, sources);
        sql.add(" IN (");
        plain(sql, join, rows, sources.layer());
        sql.add(") OR (");
        unusual(sql, dialect, join, rows, sources);
        sql.add("))");
    }

    /**
     * Writes the same as a single comparison, for a database that makes no use of an index for one of several. Unusual spellings are looked up in the
     * index first.
     */
    public static void namesOneOfIndexed(
            SqlWriter sql,
            Dialect dialect,
            Join join,
            TableName holder,
            Dialect.ReferencedRows rows,
            TableSources sources) {
        int source = join.reference().sources().iterator().next();
        text(sql, dialect, join, sources);
        sql.add(" IN (");
        plain(sql, join, rows, sources.layer());
        // Within this part the name of the table means these rows.
        sql.add(" UNION ALL SELECT ");
        text(sql, dialect, join, sources);
        sql.add(" FROM ");
        dialect.table(sql, holder);
        sql.add(" AS ").source(source).add(" WHERE ");
        unusual(sql, dialect, join, rows, sources);
        sql.add(")");
    }

    private static void text(SqlWriter sql, Dialect dialect, Join join, TableSources sources) {
        dialect.equatable(sql, join.reference(), sources);
    }

    private static void plain(SqlWriter sql, Join join, Dialect.ReferencedRows rows, String layer) {
        String item = ":" + join.target().namespace() + ":" + join.target().kind() + ":";
        rows.select(
                () -> sql.add(PREFIXES + ".column1 || ")
                        .column(join.source(), join.target().key()),
                () -> sql.add(" CROSS JOIN (VALUES (")
                        .bind(withLayer(layer) + item)
                        .add("), (")
                        .bind(START + item)
                        .add(")) AS " + PREFIXES));
    }

    /** Writes whether a reference with mods besides the layer names one of the rows. The first comparisons are of the text's beginning, and cheap. */
    private static void unusual(
            SqlWriter sql, Dialect dialect, Join join, Dialect.ReferencedRows rows, TableSources sources) {
        String plain = withLayer(sources.layer());
        text(sql, dialect, join, sources);
        sql.add(" >= ").bind(START + "[").add(" AND ");
        text(sql, dialect, join, sources);
        sql.add(" < ").bind(START + "]").add(" AND (");
        text(sql, dialect, join, sources);
        sql.add(" < ").bind(plain + ":").add(" OR ");
        text(sql, dialect, join, sources);
        // The character behind a colon.
        sql.add(" >= ").bind(plain + ";").add(") AND ");
        dialect.referredId(sql, join.reference(), sources);
        sql.add(" IN (");
        rows.select(() -> sql.column(join.source(), join.target().key()), () -> {});
        sql.add(") AND ");
        dialect.refersTo(sql, join.reference(), sources.layer(), join.target(), sources);
    }

    private static String withLayer(String layer) {
        return START + "[" + Rn.FROM + "::" + layer + "]";
    }
}
