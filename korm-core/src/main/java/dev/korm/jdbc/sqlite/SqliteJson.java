package dev.korm.jdbc.sqlite;

import dev.korm.jdbc.sql.text.JsonPathText;
import dev.korm.jdbc.sql.text.SqlWriter;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.JsonPath;

/** Values inside JSON in SQLite: what stands at a path, and elements of {@code json_each}, as the kind that is asked for. */
final class SqliteJson {
    private static final String NUMBERS = " IN ('integer', 'real')";
    private static final String TEXTS = " = 'text'";
    private static final String BOOLEANS = " IN ('true', 'false')";
    private static final String SCALARS = " IN ('text', 'integer', 'real', 'true', 'false')";

    private SqliteJson() {}

    /** Writes the value at a path as the kind that is asked for; null where it is of another. */
    static void extract(SqlWriter sql, ColumnKind kind, Runnable document, Runnable path) {
        String guard =
                switch (kind) {
                    case INTEGER, REAL -> NUMBERS;
                    case ID, TEXT, RN, FINGERPRINT, BYTES -> TEXTS;
                    case BOOLEAN -> BOOLEANS;
                    case JSON, ENCRYPTED -> " <> 'null'";
                    case OTHER -> SCALARS;
                    case DECIMAL -> NUMBERS;
                };
        boolean decimal = kind == ColumnKind.DECIMAL;
        boolean asJson = decimal || kind == ColumnKind.JSON || kind == ColumnKind.ENCRYPTED || kind == ColumnKind.OTHER;
        if (decimal) {
            sql.add(SqliteFunctions.DECIMAL).add("(");
        }
        sql.add("CASE WHEN json_type(");
        document.run();
        sql.add(", ");
        path.run();
        sql.add(")").add(guard).add(" THEN ");
        take(sql, document, path, asJson);
        if (decimal) {
            sql.add(" ELSE ");
            extract(sql, ColumnKind.TEXT, document, path);
        }
        sql.add(" END");
        if (decimal) {
            sql.add(")");
        }
    }

    /** Writes the value at a path, as SQL's value or as JSON. */
    static void take(SqlWriter sql, Runnable document, Runnable path, boolean asJson) {
        if (asJson) {
            document.run();
            sql.add(" -> ");
            path.run();
        } else {
            sql.add("json_extract(");
            document.run();
            sql.add(", ");
            path.run();
            sql.add(")");
        }
    }

    /** Writes an element as the kind that is asked for; null where it is of another. */
    static void scalarElement(SqlWriter sql, int source, ColumnKind kind) {
        switch (kind) {
            case JSON, ENCRYPTED -> elementText(sql, source);
            case OTHER -> {
                sql.add("CASE WHEN ").source(source).add(".type").add(SCALARS).add(" THEN ");
                elementText(sql, source);
                sql.add(" END");
            }
            case DECIMAL -> {
                sql.add(SqliteFunctions.DECIMAL).add("(CASE WHEN ").source(source);
                sql.add(".type").add(NUMBERS).add(" THEN ");
                written(sql, source);
                sql.add(" WHEN ").source(source).add(".type").add(TEXTS).add(" THEN ");
                sql.source(source).add(".value END)");
            }
            default -> {
                String guard = kind == ColumnKind.INTEGER || kind == ColumnKind.REAL
                        ? NUMBERS
                        : kind == ColumnKind.BOOLEAN ? BOOLEANS : TEXTS;
                sql.add("CASE WHEN ").source(source).add(".type").add(guard).add(" THEN ");
                sql.source(source).add(".value END");
            }
        }
    }

    /** Writes the element as JSON text; null for JSON's null. */
    static void elementText(SqlWriter sql, int source) {
        sql.add("CASE ").source(source).add(".type WHEN 'null' THEN NULL WHEN 'true' THEN 'true'");
        sql.add(" WHEN 'false' THEN 'false' WHEN 'object' THEN ").source(source).add(".value");
        sql.add(" WHEN 'array' THEN ").source(source).add(".value WHEN 'text' THEN json_quote(");
        sql.source(source).add(".value) ELSE ");
        written(sql, source);
        sql.add(" END");
    }

    /**
     * Writes a number of an element as it is written, since its value is rounded to 64 bits. Under a key that is
     * written with escapes, which a path cannot repeat, it is the value.
     */
    private static void written(SqlWriter sql, int source) {
        sql.add("CASE WHEN instr(").source(source).add(".fullkey, '\\') = 0 THEN ");
        sql.source(source).add(".json -> ").source(source).add(".fullkey ELSE ");
        sql.source(source).add(".value END");
    }

    /** Writes a path, in the statement itself where an index has to be recognized. */
    static void path(SqlWriter sql, JsonPath path, boolean literal) {
        if (path.isRoot()) {
            sql.add("'$'");
        } else if (literal) {
            sql.add("'").add(JsonPathText.print(path).replace("'", "''")).add("'");
        } else {
            sql.bind(JsonPathText.print(path));
        }
    }
}
