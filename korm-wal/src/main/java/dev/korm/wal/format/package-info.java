/**
 * Entries of the journal as bytes: records, headers, checksums, the same in a folder and in a depot. The form is described at
 * {@code dev.korm.wal}.
 *
 * <p>Begin with {@link dev.korm.wal.format.StoredEntry}. Does neither read nor write.
 */
@NullMarked
package dev.korm.wal.format;

import org.jspecify.annotations.NullMarked;
