package dev.korm.jdbc.sqlite;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * Settings of a layer in SQLite. Immutable.
 *
 * @param synchronous the value of the pragma, which says what acknowledged changes survive
 * @param maximumSize in bytes
 */
public record SqliteSettings(
        boolean isReadOnly,
        String synchronous,
        Duration busyTimeout,
        int readers,
        Duration readerTimeout,
        OptionalLong maximumSize) {
    /** Returns whether every commit is synced. */
    boolean isSynced() {
        return !synchronous.equalsIgnoreCase("NORMAL") && !synchronous.equalsIgnoreCase("OFF");
    }
}
