package dev.korm.wal.format;

import dev.korm.spi.journal.JournalEntry.Kind;

/**
 * An entry, and where it is stored.
 *
 * @param offset where its record begins in the segment
 * @param length of the record, with header, id and body
 */
public record StoredEntry(Kind kind, String change, long segment, long offset, long length) {
    public int bodyLength() {
        return (int) (length - WalFormat.RECORD_HEADER - change.length());
    }
}
