package dev.korm.wal;

import dev.korm.spi.journal.JournalEntry.Kind;

/**
 * An entry, and where it is stored.
 *
 * @param offset where its record begins in the segment
 * @param length of the record, with header, id and body
 */
record StoredEntry(Kind kind, String change, long segment, long offset, long length) {
    int bodyLength() {
        return (int) (length - WalFormat.RECORD_HEADER - change.length());
    }
}
