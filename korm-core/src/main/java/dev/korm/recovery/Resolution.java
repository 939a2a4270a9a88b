package dev.korm.recovery;

/** The decision of a person on a quarantined change. */
public enum Resolution {
    /** Everything that the change was to write is written, over what others have written since. Items that others deleted stay deleted. */
    OURS,
    /** What still fits is written; items that others have changed since stay as they are. */
    THEIRS,
    /** Nothing more is written. The layers that have the change keep it, and the others go without. */
    FORGET
}
