/**
 * The way back from what a pool's metadata says of a depot in S3 to the source that opens it.
 *
 * <p>Begin with {@link dev.korm.depots.s3.discover.S3Stores}.
 */
@NullMarked
package dev.korm.depots.s3.discover;

import org.jspecify.annotations.NullMarked;
