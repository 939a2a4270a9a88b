package dev.korm.jdbc.postgres;

import dev.korm.jdbc.sql.text.SqlWriter;
import dev.korm.spi.query.TextFolding;

/**
 * {@link TextFolding} as an expression, since the server's own folding depends on its libraries and their versions.
 *
 * <p>Folding goes code point by code point. Those that become one other are handed to {@code translate}, those that become
 * several to {@code replace}; texts of ASCII, whose length in bytes tells them, take a shorter way.
 */
final class PostgresFolding {
    private static final String BEFORE;
    private static final String AFTER;

    static {
        StringBuilder from = new StringBuilder();
        StringBuilder to = new StringBuilder();
        StringBuilder longer = new StringBuilder();
        int replaced = 0;
        for (int c = 1; c <= Character.MAX_CODE_POINT; c++) {
            if (!Character.isDefined(c) || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
                continue;
            }
            String text = Character.toString(c);
            String folded = TextFolding.fold(text);
            if (folded.equals(text)) {
                continue;
            }
            if (folded.codePointCount(0, folded.length()) == 1) {
                from.append(text);
                to.append(folded);
            } else {
                longer.append(", ").append(PostgresDialect.literal(text)).append(", ");
                longer.append(PostgresDialect.literal(folded)).append(')');
                replaced++;
            }
        }
        BEFORE = "replace(".repeat(replaced) + "translate(";
        AFTER = ", " + PostgresDialect.literal(from.toString()) + ", " + PostgresDialect.literal(to.toString()) + ")"
                + longer;
    }

    private PostgresFolding() {}

    /** Writes the text folded, of the collation that it has. */
    static void fold(SqlWriter sql, Runnable text) {
        sql.add("CASE WHEN octet_length(");
        text.run();
        sql.add(") = char_length(");
        text.run();
        sql.add(") THEN lower(");
        text.run();
        sql.add(") ELSE ").add(BEFORE);
        text.run();
        sql.add(AFTER).add(" END");
    }
}
