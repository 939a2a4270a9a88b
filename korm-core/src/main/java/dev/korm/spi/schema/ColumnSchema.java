package dev.korm.spi.schema;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;

/**
 * A column of a table.
 *
 * @param name as stored, case kept
 * @param kind what it holds
 * @param filling what a new row has in it that does not name it
 */
public record ColumnSchema(String name, ColumnKind kind, Filling filling) {
    /** The prefix of hidden columns that hold the fingerprint of a unique column. */
    public static final String UNIQUE_PREFIX = "__korm_unique__";

    /** The prefix of hidden columns that hold what korm knows of a row. */
    public static final String OWN_PREFIX = UNIQUE_PREFIX + "__korm_";

    /** The way in which the database fills a column. */
    public enum Filling {
        /** Null. */
        NULL,
        /** A default, or the next number; a row may name another value, also null. */
        DEFAULT,
        /** As {@link #DEFAULT}, in a column that takes no null. */
        DEFAULT_NOT_NULL,
        /** Computed by the database, also for rows that change: no program can write it. */
        GENERATED
    }

    public ColumnSchema {
        requireNonNull(name, "name");
        requireNonNull(kind, "kind");
        requireNonNull(filling, "filling");
    }

    /** Creates a column that is null in rows that do not name it. */
    public ColumnSchema(String name, ColumnKind kind) {
        this(name, kind, Filling.NULL);
    }

    /** Returns whether the database alone writes it. */
    public boolean isGenerated() {
        return filling == Filling.GENERATED;
    }

    /** Returns whether a row that does not name it has something in it that the program does not know. */
    public boolean isFilled() {
        return filling != Filling.NULL;
    }

    /** Returns this column with another kind. */
    public ColumnSchema withKind(ColumnKind other) {
        return new ColumnSchema(name, requireNonNull(other, "other"), filling);
    }

    /** Returns whether a name is that of a hidden column of fingerprints. */
    public static boolean isFingerprint(String name) {
        requireNonNull(name, "name");
        return name.startsWith(UNIQUE_PREFIX) && !name.startsWith(OWN_PREFIX);
    }

    /** Returns whether the column belongs to korm and not to the data of the items. */
    public boolean isHidden() {
        return name.equals(TableName.ID) || name.equals(TableName.FORMER_REVISION) || name.startsWith(UNIQUE_PREFIX);
    }
}
