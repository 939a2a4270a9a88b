/**
 * The way back from what a pool's metadata says of an SQL database to the source that opens it.
 *
 * <p>Begin with {@link dev.korm.jdbc.discover.SqlStores}. Uses {@code jdbc}.
 */
@NullMarked
package dev.korm.jdbc.discover;

import org.jspecify.annotations.NullMarked;
