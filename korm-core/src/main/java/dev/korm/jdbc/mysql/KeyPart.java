package dev.korm.jdbc.mysql;

import dev.korm.jdbc.number.Decimals;
import dev.korm.jdbc.sql.text.LikePattern;
import dev.korm.jdbc.sql.text.SqlWriter;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition.Comparison;
import java.util.List;

/**
 * A part of an index with the order of its columns, nulls last. Of a text a hidden column holds the beginning behind a mark, and another mark for null; a
 * decimal number is written as {@link DecimalKeys} have it, and then is such a text. Before another number stands a hidden column that tells whether it
 * is null.
 *
 * @param column the column
 * @param kind what it holds
 * @param hidden the hidden column
 * @param length the most characters of a hidden text, with its mark
 */
record KeyPart(String column, ColumnKind kind, String hidden, int length) {
    private static final String PRESENT = "0";
    private static final String ABSENT = "1";

    /** Of a character. */
    private static final int BYTES = 4;

    /** The choice of how an index holds a part. */
    enum Form {
        TEXT,
        NUMBER
    }

    static Form form(ColumnKind kind) {
        return switch (kind) {
            case INTEGER, REAL, BOOLEAN -> Form.NUMBER;
            default -> Form.TEXT;
        };
    }

    Form form() {
        return form(kind);
    }

    /** Returns how many bytes of a row the server counts for the hidden column. */
    int bytes() {
        return form() == Form.TEXT ? BYTES * length + 2 : 1;
    }

    /** Returns the columns of the index. */
    List<String> columns() {
        return form() == Form.TEXT ? List.of(hidden) : List.of(hidden, column);
    }

    /**
     * Writes the type of the hidden column, within CREATE TABLE or ALTER TABLE.
     *
     * @param collation the collation by which texts are ordered
     * @param foreign whether the column has another
     */
    void write(SqlWriter sql, String collation, boolean foreign) {
        if (form() == Form.NUMBER) {
            sql.add("TINYINT(1) GENERATED ALWAYS AS (").name(column).add(" IS NULL) VIRTUAL");
            return;
        }
        sql.add("VARCHAR(").add(length).add(") CHARACTER SET utf8mb4 COLLATE ").add(collation);
        sql.add(" GENERATED ALWAYS AS (COALESCE(CONCAT('" + PRESENT + "', LEFT(");
        if (kind == ColumnKind.DECIMAL) {
            DecimalKeys.write(sql, () -> sql.add("CONVERT(").name(column).add(" USING utf8mb4)"));
        } else if (foreign) {
            sql.add("CONVERT(").name(column).add(" USING utf8mb4) COLLATE ").add(collation);
        } else {
            sql.name(column);
        }
        sql.add(", ").add(length - 1L).add(")), ");
        if (kind == ColumnKind.DECIMAL) {
            // What is no number is not null.
            sql.add("IF(").name(column).add(" IS NULL, '" + ABSENT + "', '" + PRESENT + "')");
        } else {
            sql.add("'" + ABSENT + "'");
        }
        sql.add(")) VIRTUAL");
    }

    static String absent() {
        return ABSENT;
    }

    /**
     * Returns the text beside which the hidden one compares so for every row whose value compares so with a constant.
     * Only beside those that were cut off do others as well.
     */
    String bound(Comparison comparison, Object constant) {
        String text = kind == ColumnKind.DECIMAL ? DecimalKeys.key(Decimals.exact(constant)) : (String) constant;
        int most = length - 1;
        boolean whole = text.codePointCount(0, text.length()) < most;
        String marked = PRESENT + beginning(text, most);
        return switch (comparison) {
            case GREATER -> whole ? marked : PRESENT + beginning(text, most - 1);
            // The mark always has a successor.
            case LESS -> whole ? marked : LikePattern.successor(marked).orElseThrow();
            case EQUAL, NOT_EQUAL, GREATER_OR_EQUAL, LESS_OR_EQUAL -> marked;
        };
    }

    /** Returns the beginning of a text. */
    static String beginning(String text, int characters) {
        int count = text.codePointCount(0, text.length());
        return count <= characters ? text : text.substring(0, text.offsetByCodePoints(0, characters));
    }
}
