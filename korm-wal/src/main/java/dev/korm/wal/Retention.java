package dev.korm.wal;

/** The fate of what a journal holds of changes that are finished. */
public enum Retention {
    /** It is deleted, a while after. */
    DELETE,
    /** It is kept apart from what is in use, until somebody purges it. */
    KEEP
}
