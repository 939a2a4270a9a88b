package dev.korm.jdbc.mysql;

import dev.korm.jdbc.sql.text.SqlWriter;
import java.math.BigDecimal;

/**
 * Texts that are ordered, by code point, as the decimal numbers are that they stand for, and equal exactly when those are: the
 * sign, the place of the point and the digits without zeros at either end. Of a negative number all but the sign is turned
 * round. Made by an expression of SQL and in Java, alike.
 */
final class DecimalKeys {
    private static final String NEGATIVE = "0";
    private static final String ZERO = "1";
    private static final String POSITIVE = "2";

    /** Added to the place of the point, which lies within nine digits. */
    private static final long MIDDLE = 4_000_000_000L;

    private static final int PLACE_DIGITS = 10;

    /** Comes after every turned digit: of two negative numbers the one with more digits is the smaller. */
    private static final String END = "~";

    /** What stands for each digit of a negative number. */
    private static final String TURNED = "jihgfedcba";

    private static final String NUMBER = "'^[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]{1,9})?$'";

    private DecimalKeys() {}

    static String key(BigDecimal number) {
        if (number.signum() == 0) {
            return ZERO;
        }
        String digits = number.unscaledValue().abs().toString();
        int end = digits.length();
        while (digits.charAt(end - 1) == '0') {
            end--;
        }
        long exponent = (long) number.precision() - number.scale();
        digits = digits.substring(0, end);
        if (number.signum() > 0) {
            return POSITIVE + padded(MIDDLE + exponent) + digits;
        }
        StringBuilder turned = new StringBuilder(NEGATIVE).append(padded(MIDDLE - exponent));
        for (int i = 0; i < digits.length(); i++) {
            turned.append(TURNED.charAt(digits.charAt(i) - '0'));
        }
        return turned.append(END).toString();
    }

    private static String padded(long exponent) {
        String text = Long.toString(exponent);
        return "0".repeat(PLACE_DIGITS - text.length()) + text;
    }

    /** Writes the key of a text; null for one that is no decimal number. */
    static void write(SqlWriter sql, Runnable text) {
        sql.add("CASE WHEN ");
        text.run();
        sql.add(" REGEXP ").add(NUMBER).add(" THEN CASE WHEN ");
        significant(sql, text);
        sql.add(" = '' THEN '").add(ZERO).add("' WHEN LEFT(");
        text.run();
        sql.add(", 1) = '-' THEN CONCAT('")
                .add(NEGATIVE)
                .add("', LPAD(")
                .add(MIDDLE)
                .add(" - (");
        exponent(sql, text);
        sql.add("), ").add(PLACE_DIGITS).add(", '0'), ").add("REPLACE(".repeat(TURNED.length()));
        digits(sql, text);
        for (int digit = 0; digit < TURNED.length(); digit++) {
            sql.add(", '")
                    .add(digit)
                    .add("', '")
                    .add(TURNED.substring(digit, digit + 1))
                    .add("')");
        }
        sql.add(", '")
                .add(END)
                .add("') ELSE CONCAT('")
                .add(POSITIVE)
                .add("', LPAD(")
                .add(MIDDLE)
                .add(" + (");
        exponent(sql, text);
        sql.add("), ").add(PLACE_DIGITS).add(", '0'), ");
        digits(sql, text);
        sql.add(") END END");
    }

    /** Writes the number without sign and exponent. */
    private static void mantissa(SqlWriter sql, Runnable text) {
        sql.add("TRIM(LEADING '+' FROM TRIM(LEADING '-' FROM SUBSTRING_INDEX(LOWER(");
        text.run();
        sql.add("), 'e', 1)))");
    }

    private static void allDigits(SqlWriter sql, Runnable text) {
        sql.add("REPLACE(");
        mantissa(sql, text);
        sql.add(", '.', '')");
    }

    /** Writes the digits from the first that is not 0. */
    private static void significant(SqlWriter sql, Runnable text) {
        sql.add("TRIM(LEADING '0' FROM ");
        allDigits(sql, text);
        sql.add(")");
    }

    private static void digits(SqlWriter sql, Runnable text) {
        sql.add("TRIM(TRAILING '0' FROM ");
        significant(sql, text);
        sql.add(")");
    }

    /** Writes how many of the significant digits are before the decimal point. */
    private static void exponent(SqlWriter sql, Runnable text) {
        sql.add("CHAR_LENGTH(SUBSTRING_INDEX(");
        mantissa(sql, text);
        sql.add(", '.', 1)) - CHAR_LENGTH(");
        allDigits(sql, text);
        sql.add(") + CHAR_LENGTH(");
        significant(sql, text);
        sql.add(") + CASE WHEN LOCATE('e', LOWER(");
        text.run();
        sql.add(")) > 0 THEN CAST(SUBSTRING_INDEX(LOWER(");
        text.run();
        sql.add("), 'e', -1) AS SIGNED) ELSE 0 END");
    }
}
