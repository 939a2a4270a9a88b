package dev.korm.wal;

import dev.korm.spi.journal.JournalDescription;

/** The fate of the bytes of files that a change replaces or deletes, in a pool that keeps a history. */
public enum FileRecording {
    /** They are not kept. */
    OFF,
    /** They are kept with the versions of items, old ones and new ones, until these are purged: an undo brings them back. */
    RECORD;

    /** Returns the word by which a pool's metadata has it, the original's. */
    String recorded() {
        return this == RECORD ? JournalDescription.RECORD : JournalDescription.OFF;
    }
}
