package dev.korm.model;

import dev.korm.codec.Canonical;
import dev.korm.spi.ColumnKind;
import dev.korm.spi.ColumnShape;
import dev.korm.spi.FingerprintKey;
import dev.korm.spi.IndexShape;
import dev.korm.spi.Operand;
import dev.korm.spi.TableName;
import java.util.List;

/** Names of columns and indexes. */
final class Columns {
    /** PostgreSQL's limit, the lowest of all. */
    static final int LONGEST_NAME = 63;

    private static final int INDEX_DIGITS = 24;

    private Columns() {}

    /** What is wrong with a column's name; empty when nothing is. */
    static String fault(String name, boolean unique) {
        if (!isName(name)) {
            return "a column's name is made of letters, digits and _ and does not begin with a digit";
        }
        if (name.equals(TableName.ID)) {
            return "the column " + TableName.ID + " holds the item's id";
        }
        if (name.startsWith("__korm_")) {
            return "names that begin with __korm_ are korm's own";
        }
        int longest = unique ? LONGEST_NAME - ColumnShape.UNIQUE_PREFIX.length() : LONGEST_NAME;
        if (name.length() > longest) {
            return "a column's name has at most " + longest + " characters" + (unique ? " when it is unique" : "");
        }
        return "";
    }

    private static boolean isName(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
            if (!letter && (i == 0 || c < '0' || c > '9')) {
                return false;
            }
        }
        return !name.isEmpty();
    }

    static ColumnShape key() {
        return new ColumnShape(TableName.ID, ColumnKind.ID);
    }

    static ColumnShape revision() {
        return new ColumnShape(TableName.REVISION, ColumnKind.INTEGER);
    }

    /** The index that keeps a key's values unique. */
    static IndexShape uniqueIndex(TableName table, FingerprintKey key) {
        return new IndexShape(
                "__korm_u_" + digits(table.text() + ":" + key.text()),
                IndexShape.Uniqueness.UNIQUE,
                List.of(new Operand.Column(0, key.hidden().name(), ColumnKind.FINGERPRINT)));
    }

    /** The index by which a key's values are found. */
    static IndexShape searchIndex(TableName table, FingerprintKey key) {
        return new IndexShape(
                "__korm_s_" + digits(table.text() + ":" + key.text()),
                IndexShape.Uniqueness.REPEATABLE,
                List.of(new Operand.Column(0, key.hidden().name(), ColumnKind.FINGERPRINT)));
    }

    /** An index of the user's wish. */
    static IndexShape index(TableName table, List<String> paths, List<Operand> parts) {
        return new IndexShape(
                "__korm_i_" + digits(table.text() + ":" + String.join(",", paths)),
                IndexShape.Uniqueness.REPEATABLE,
                parts);
    }

    private static String digits(String text) {
        return Canonical.hash("SHA-256", text).substring(0, INDEX_DIGITS);
    }
}
