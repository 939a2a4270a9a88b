package dev.korm.spi;

/**
 * A column of a table.
 *
 * @param name as stored, case kept
 * @param kind what it holds
 */
public record ColumnShape(String name, ColumnKind kind) {
    /** The prefix of hidden columns that hold the fingerprint of a unique column. */
    public static final String UNIQUE_PREFIX = "__korm_unique__";

    /** The prefix of hidden columns that hold what korm knows of a row. */
    public static final String OWN_PREFIX = UNIQUE_PREFIX + "__korm_";

    /** Whether a name is that of a hidden column of fingerprints. */
    public static boolean isFingerprint(String name) {
        return name.startsWith(UNIQUE_PREFIX) && !name.startsWith(OWN_PREFIX);
    }

    /** Whether the column belongs to korm and not to the data of the items. */
    public boolean isHidden() {
        return name.equals(TableName.ID) || name.equals(TableName.FORMER_REVISION) || name.startsWith(UNIQUE_PREFIX);
    }
}
