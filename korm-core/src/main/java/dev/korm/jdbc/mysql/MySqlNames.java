package dev.korm.jdbc.mysql;

import dev.korm.jdbc.sql.IndexParts;
import dev.korm.jdbc.sql.text.Hashes;
import dev.korm.spi.query.TableName;

/**
 * Names as MySQL takes them.
 *
 * @param database the database that holds the tables, quoted
 * @param plainDatabase the same as the catalogue has it
 */
record MySqlNames(String database, String plainDatabase) {
    /** The longest name of a table, column or index, in characters. */
    static final int LONGEST = 64;

    static final String ITEMS = "__items__";
    private static final int DIGITS = 32;

    /** Stands for all parts of an index together. */
    private static final int FORMER_ORDER = -1;

    static MySqlNames of(String database) {
        return new MySqlNames('`' + database.replace("`", "``") + '`', database);
    }

    /** Returns the table's own name; for a longer one, part of its hash, as the original has it. */
    static String table(TableName table) {
        String text = table.text();
        return text.length() <= LONGEST ? text : ITEMS + Hashes.sha256(text, DIGITS);
    }

    /** Returns the name of the hidden column by which korm once kept the order of an index beside it. */
    static String formerOrderKey(String index) {
        return IndexParts.hiddenColumn(index, FORMER_ORDER);
    }

    /** Returns the name of that column's index. */
    static String formerOrderIndex(String index) {
        return "__korm_o_" + Hashes.sha256(index, DIGITS);
    }

    /** Returns the name of the hidden column that holds a part of an index: what stands at a place of a JSON value, or what has the part's order. */
    static String generatedColumn(String index, int part) {
        return IndexParts.hiddenColumn(index, part);
    }

    static boolean isGeneratedColumn(String column) {
        return column.startsWith(IndexParts.HIDDEN);
    }

    /** Returns the name of the second index of a reference, after the first's. */
    static String referenceIndex(String index) {
        return "__korm_r_" + Hashes.sha256(index, DIGITS);
    }

    /** Returns the name of the lock by which pools change a schema one after the other. */
    String lock() {
        return "korm " + Hashes.sha256(plainDatabase, DIGITS);
    }
}
