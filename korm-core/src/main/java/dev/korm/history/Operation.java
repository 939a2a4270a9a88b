package dev.korm.history;

/** The way in which a version of an item came to be. */
public enum Operation {
    /** The item was created, or restored after a deletion. */
    CREATED,
    /** The item was changed. */
    CHANGED,
    /** The item was deleted. */
    DELETED,
    /**
     * The item was found so when it was changed next: it is older than the history, or a program without history made it. Nobody knows who
     * made it, nor exactly when.
     */
    FOUND
}
