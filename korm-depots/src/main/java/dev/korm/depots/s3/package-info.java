/**
 * Files in a bucket of S3; begin with {@link dev.korm.depots.s3.S3Depot}.
 *
 * <p>Uses {@code depots.support}.
 */
@NullMarked
package dev.korm.depots.s3;

import org.jspecify.annotations.NullMarked;
