package dev.korm.wal.backup.format;

import org.jspecify.annotations.Nullable;

/** Is told what a backup holds, in its order. What it throws ends the reading. */
public interface BackupVisitor {
    /** Begins the rows of a table. */
    default void table(StoredTable table) {}

    /** Is given a row of the table that was begun last, in the order of its columns; the array is the visitor's. */
    default void row(@Nullable Object[] values) {}

    /** Is offered a row before values are made of it; returns whether that was enough, or it has to be given as {@link #row}. */
    default boolean stored(StoredRow row) {
        return false;
    }

    /** Begins a file. */
    default void file(StoredFile file) {}

    /** Is given the next bytes of the file that was begun last. */
    default void bytes(byte[] bytes) {}

    /** Is told that an increment takes a row or a file out of what it adds to. */
    default void gone(ContentKey key) {}

    /** Ends the table or file that was begun last. */
    default void end() {}
}
