/**
 * The way back from what a pool's metadata says of a journal to the source that opens it.
 *
 * <p>Begin with {@link dev.korm.wal.discover.JournalStores}.
 */
@NullMarked
package dev.korm.wal.discover;

import org.jspecify.annotations.NullMarked;
