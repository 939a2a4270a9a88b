package dev.korm.engine.item;

/** The permission to drop a column whose type no longer fits, with all its values, and to add it anew. */
public enum ColumnReplacement {
    REFUSED,
    ALLOWED
}
