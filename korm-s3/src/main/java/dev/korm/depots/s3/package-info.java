/**
 * Files in a bucket of S3.
 *
 * <p>Begin with {@link dev.korm.depots.s3.S3Depot}, and {@code OpenS3Depot} for how a file is stored. Uses
 * {@code depots.support}.
 */
@NullMarked
package dev.korm.depots.s3;

import org.jspecify.annotations.NullMarked;
