package dev.korm.jdbc.mysql;

import dev.korm.jdbc.sql.text.SqlWriter;

/**
 * The view that MariaDB's and MySQL's own functions have of a position in a JSON text, which is not always complete:
 * one of them reads no more than 31 levels, takes no key that is written with escapes, and takes a scalar for its own
 * first entry. So the answer is a text that is only looked at to leave out rows that cannot count.
 */
final class JsonScalarPrefix {
    /** So long is what an index holds. */
    static final int LENGTH = 255;

    private JsonScalarPrefix() {}

    /**
     * Writes the beginning of the scalar at a place as a text; the empty text where there is none; null where the functions may
     * not have seen it.
     *
     * @param scalar the function that answers the scalar at a path
     * @param path the path, as a text of SQL
     * @param collation the collation of the text; a server's own choice may not fit the empty text beside it
     */
    static void write(SqlWriter sql, Scalar scalar, Runnable document, String path, String collation) {
        sql.add("CASE WHEN ");
        document.run();
        sql.add(" IS NULL THEN '' WHEN JSON_VALID(");
        document.run();
        // A backslash: escapes, by which a key or a text can be written in more ways than one.
        sql.add(") AND LOCATE(CONVERT(X'5c' USING utf8mb4), ");
        document.run();
        sql.add(") = 0 THEN COALESCE(LEFT(CONVERT(").add(scalar.before);
        document.run();
        sql.add(", ")
                .add(path)
                .add(scalar.after)
                .add(" USING utf8mb4) COLLATE ")
                .add(collation);
        sql.add(", ").add(LENGTH).add("), '') END");
    }

    /** A function that answers the scalar at a path of a document. */
    enum Scalar {
        /** MySQL's. The one of MariaDB may answer texts in which a character has three bytes at the most. */
        UNQUOTED("JSON_UNQUOTE(JSON_EXTRACT(", "))"),
        /** MariaDB's; that of MySQL came with version 8.0.21. */
        VALUE("JSON_VALUE(", ")");

        private final String before;
        private final String after;

        Scalar(String before, String after) {
            this.before = before;
            this.after = after;
        }
    }

    /** Returns the beginning of a text, as long as what {@link #write} has of it. */
    static String beginning(String text) {
        int end = text.offsetByCodePoints(0, Math.min(LENGTH, text.codePointCount(0, text.length())));
        return text.substring(0, end);
    }
}
