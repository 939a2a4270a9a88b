package dev.korm.engine.item;

/** Whether a column of another kind may be dropped with its values and made anew. */
public enum ColumnReplacement {
    REFUSED,
    ALLOWED
}
