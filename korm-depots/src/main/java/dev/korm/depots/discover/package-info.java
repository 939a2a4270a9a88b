/**
 * The way back from what a pool's metadata says of a depot to the source that opens it.
 *
 * <p>Begin with {@link dev.korm.depots.discover.FileStores}.
 */
@NullMarked
package dev.korm.depots.discover;

import org.jspecify.annotations.NullMarked;
