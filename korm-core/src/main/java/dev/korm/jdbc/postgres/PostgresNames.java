package dev.korm.jdbc.postgres;

import dev.korm.jdbc.sql.text.Hashes;
import dev.korm.spi.query.TableName;

/**
 * Names as PostgreSQL takes them: it cuts off what is longer than {@value #LONGEST} bytes without a word, so that two tables
 * would be one.
 *
 * @param schema the schema that holds the tables, quoted
 * @param plainSchema the same as the catalogue has it
 */
record PostgresNames(String schema, String plainSchema) {
    static final int LONGEST = 63;

    private static final String ITEMS = "__items__";
    private static final String CHECK = "__korm_c_";
    private static final int DIGITS = 32;

    static PostgresNames of(String schema) {
        return new PostgresNames('"' + schema.replace("\"", "\"\"") + '"', schema);
    }

    /** Returns the table's own name; for a longer one, part of its hash. */
    static String table(TableName table) {
        return shortened(table.text(), ITEMS, DIGITS);
    }

    /** Returns the name of the second index of a reference, after the first's. */
    static String referenceIndex(String index) {
        return shortened(index + "__id", "__korm_r_", DIGITS);
    }

    /** Returns the name of the constraint that goes with a unique index. */
    static String fingerprintCheck(String index) {
        return CHECK + Hashes.sha256(index, DIGITS);
    }

    /** Returns whether a constraint is one that goes with a unique index. */
    static boolean isFingerprintCheck(String constraint) {
        return constraint.startsWith(CHECK);
    }

    private static String shortened(String name, String prefix, int digits) {
        return name.length() <= LONGEST ? name : prefix + Hashes.sha256(name, digits);
    }
}
