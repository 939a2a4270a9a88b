package dev.korm.jdbc.postgres;

import dev.korm.jdbc.number.Decimals;
import dev.korm.jdbc.sql.text.JsonPathText;
import dev.korm.jdbc.sql.text.SqlWriter;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.JsonPath;
import java.util.List;

/** Values of {@code jsonb} in PostgreSQL: what stands at a place, as the kind that is asked for, and in an order. */
final class PostgresJson {
    /** A decimal number, with an exponent that {@code numeric} can hold beside so many digits. */
    private static final String DECIMAL_TEXT = "'^[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]{1,4})?$'";

    private static final int DECIMAL_LENGTH = 6000;

    /** Everything from here on is infinite as a double. */
    private static final String INFINITE = "1.797693134862315807e308";

    /** Everything up to here is 0 as a double. */
    private static final String NOTHING = "2.47e-324";

    private PostgresJson() {}

    /** Writes the value at a position, JSON's null included; null where there is no such position. */
    static void at(SqlWriter sql, Runnable document, List<JsonPath.Step> steps) {
        if (steps.isEmpty()) {
            document.run();
        } else if (steps.stream().allMatch(JsonPath.Member.class::isInstance)) {
            sql.add("(");
            document.run();
            steps.forEach(step -> sql.add(" -> ").add(PostgresDialect.literal(((JsonPath.Member) step).key())));
            sql.add(")");
        } else {
            // -> takes a scalar for an array of one.
            sql.add("jsonb_path_query_first(");
            document.run();
            String path = PostgresDialect.literal("strict " + JsonPathText.print(new JsonPath(steps)));
            sql.add(", CAST(").add(path).add(" AS jsonpath), '{}', TRUE)");
        }
    }

    /** Writes the value as the kind that is asked for; null where it is of another. */
    static void extract(SqlWriter sql, ColumnKind kind, Runnable json) {
        switch (kind) {
            case JSON, ENCRYPTED -> {
                sql.add("NULLIF(");
                json.run();
                sql.add(", CAST('null' AS jsonb))");
            }
            case INTEGER, REAL -> cast(sql, json, "number", "numeric");
            case BOOLEAN -> cast(sql, json, "boolean", "boolean");
            case ID, TEXT, RN, FINGERPRINT, BYTES -> {
                sql.add("CASE WHEN jsonb_typeof(");
                json.run();
                sql.add(") = 'string' THEN ");
                json.run();
                sql.add(" #>> '{}' END");
            }
            case OTHER -> {
                sql.add("CASE WHEN jsonb_typeof(");
                json.run();
                sql.add(") IN ('string', 'number', 'boolean') THEN ");
                json.run();
                sql.add(" END");
            }
            case DECIMAL -> decimal(sql, json);
        }
    }

    private static void cast(SqlWriter sql, Runnable json, String kind, String type) {
        sql.add("CASE WHEN jsonb_typeof(");
        json.run();
        sql.add(") = '").add(kind).add("' THEN CAST(");
        json.run();
        sql.add(" AS ").add(type).add(") END");
    }

    private static void decimal(SqlWriter sql, Runnable json) {
        sql.add("CASE jsonb_typeof(");
        json.run();
        sql.add(") WHEN 'number' THEN CAST(");
        json.run();
        sql.add(" AS numeric) WHEN 'string' THEN CASE WHEN ");
        json.run();
        sql.add(" #>> '{}' ~ ").add(DECIMAL_TEXT).add(" AND char_length(");
        json.run();
        sql.add(" #>> '{}') <= ").add(DECIMAL_LENGTH).add(" THEN CAST(");
        json.run();
        sql.add(" #>> '{}' AS numeric) END END");
    }

    /** Writes the value of a JSON number: a whole number of 64 bits, or the shortest text of the nearest double. */
    static void number(SqlWriter sql, Runnable json) {
        Runnable exact = () -> {
            sql.add("CAST(");
            json.run();
            sql.add(" AS numeric)");
        };
        sql.add("CASE WHEN jsonb_typeof(");
        json.run();
        sql.add(") = 'number' THEN CASE WHEN scale(");
        exact.run();
        sql.add(") = 0 AND ");
        exact.run();
        sql.add(" BETWEEN -9223372036854775808 AND 9223372036854775807 THEN ");
        exact.run();
        sql.add(" WHEN abs(");
        exact.run();
        sql.add(") >= ").add(INFINITE).add(" THEN sign(");
        exact.run();
        sql.add(") * CAST('Infinity' AS numeric) WHEN abs(");
        exact.run();
        sql.add(") <= ").add(NOTHING).add(" THEN 0.0 ELSE ");
        shortest(sql, () -> {
            sql.add("CAST(");
            exact.run();
            sql.add(" AS double precision)");
        });
        sql.add(" END END");
    }

    /** Writes a double as {@link Decimals#shortest} does, since a cast to {@code numeric} keeps fifteen digits. */
    static void shortest(SqlWriter sql, Runnable real) {
        Runnable bits = () -> {
            sql.add("CAST(CAST('x' || encode(float8send(");
            real.run();
            sql.add("), 'hex') AS bit(64)) AS bigint)");
        };
        sql.add("CASE WHEN ");
        real.run();
        sql.add(" BETWEEN -9223372036854775808 AND 9223372036854774784 AND ");
        real.run();
        sql.add(" = trunc(");
        real.run();
        sql.add(") THEN CAST(CAST(");
        real.run();
        // A digit behind the point tells it from a number that was written as a whole one.
        sql.add(" AS bigint) AS numeric) + 0.0 WHEN abs(");
        real.run();
        // Significand and exponent of IEEE 754.
        sql.add(") BETWEEN 9223372036854775808 AND 1.7976931348623157e308 THEN CAST(sign(");
        real.run();
        sql.add(") AS numeric) * CAST(");
        bits.run();
        sql.add(" & 4503599627370495 | 4503599627370496 AS numeric) * power(CAST(2 AS numeric), CAST((");
        bits.run();
        sql.add(" >> 52 & 2047) - 1075 AS numeric)) ELSE CAST(CAST(");
        real.run();
        sql.add(" AS text) AS numeric) END");
    }

    /** Writes a scalar of any kind as a row that is ordered as those are: booleans, numbers, texts. */
    static void scalar(SqlWriter sql, Runnable json) {
        sql.add("CASE WHEN ");
        json.run();
        sql.add(" IS NOT NULL THEN ROW(CASE jsonb_typeof(");
        json.run();
        sql.add(") WHEN 'boolean' THEN 0 WHEN 'number' THEN 1 ELSE 2 END, ");
        number(sql, json);
        sql.add(", CASE WHEN jsonb_typeof(");
        json.run();
        sql.add(") <> 'number' THEN ");
        json.run();
        sql.add(" #>> '{}' END").add(PostgresDialect.C).add(") END");
    }
}
