package dev.korm.wal;

import dev.korm.spi.journal.JournalDescription;

/** The fate of what a journal holds of changes that are finished. */
public enum JournalRetention {
    /** It is deleted, a while after. */
    DELETE,
    /** It is kept apart from what is in use, until somebody purges it. */
    KEEP;

    /** Returns the word by which a pool's metadata has it, the original's. */
    String recorded() {
        return this == KEEP ? JournalDescription.KEEP : JournalDescription.DELETE;
    }
}
