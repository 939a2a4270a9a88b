package dev.korm.engine.softdelete;

import dev.korm.deletion.SoftDelete;

/** The effect of a deletion on the row of an item. */
public enum DeletionMode {
    /** Marks it, and lets others have its unique values. */
    FREED,
    /** Marks it, and leaves its unique values taken. */
    KEPT,
    /** Removes it, also where the table can hold marked rows. */
    ENDED;

    static DeletionMode of(SoftDelete declared) {
        if (declared.ended()) {
            return ENDED;
        }
        return declared.uniqueValues() == SoftDelete.UniqueValues.KEPT ? KEPT : FREED;
    }
}
