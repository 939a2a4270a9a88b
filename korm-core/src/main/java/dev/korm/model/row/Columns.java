package dev.korm.model.row;

import dev.korm.codec.json.CanonicalJson;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.FingerprintKey;
import dev.korm.spi.schema.IndexSchema;
import java.util.List;

/** Names of columns and indexes. */
public final class Columns {
    /** PostgreSQL's limit, the lowest of all. */
    static final int LONGEST_NAME = 63;

    private static final int INDEX_DIGITS = 24;

    private Columns() {}

    /** Returns the fault of a column's name; empty when it is valid. */
    public static String fault(String name, boolean unique) {
        if (!isName(name)) {
            return "a column's name is made of letters, digits and _ and does not begin with a digit";
        }
        if (name.equals(TableName.ID)) {
            return "the column " + TableName.ID + " holds the item's id";
        }
        if (name.startsWith("__korm_")) {
            return "names that begin with __korm_ are korm's own";
        }
        int longest = unique ? LONGEST_NAME - ColumnSchema.UNIQUE_PREFIX.length() : LONGEST_NAME;
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

    public static ColumnSchema key() {
        return new ColumnSchema(TableName.ID, ColumnKind.ID);
    }

    public static ColumnSchema revision() {
        return new ColumnSchema(TableName.REVISION, ColumnKind.INTEGER);
    }

    public static ColumnSchema deleted() {
        return new ColumnSchema(TableName.DELETED, ColumnKind.INTEGER);
    }

    /** Returns the index that keeps a key's values unique. */
    public static IndexSchema uniqueIndex(TableName table, FingerprintKey key) {
        return new IndexSchema(
                "__korm_u_" + digits(table.text() + ":" + key.text()),
                IndexSchema.Uniqueness.UNIQUE,
                List.of(new Operand.Column(0, key.hidden().name(), ColumnKind.FINGERPRINT)));
    }

    /** Returns the index by which a key's values are found. */
    public static IndexSchema searchIndex(TableName table, FingerprintKey key) {
        return new IndexSchema(
                "__korm_s_" + digits(table.text() + ":" + key.text()),
                IndexSchema.Uniqueness.REPEATABLE,
                List.of(new Operand.Column(0, key.hidden().name(), ColumnKind.FINGERPRINT)));
    }

    /** Returns an index of the user's wish. */
    public static IndexSchema index(TableName table, List<String> paths, List<Operand> parts) {
        return new IndexSchema(
                "__korm_i_" + digits(table.text() + ":" + String.join(",", paths)),
                IndexSchema.Uniqueness.REPEATABLE,
                parts);
    }

    private static String digits(String text) {
        return CanonicalJson.hash("SHA-256", text).substring(0, INDEX_DIGITS);
    }
}
