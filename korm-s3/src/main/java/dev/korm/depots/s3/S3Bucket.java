package dev.korm.depots.s3;

import dev.korm.Rn;
import dev.korm.spi.depot.DepotCapabilities.Conditional;
import dev.korm.spi.depot.FileStat;
import dev.korm.spi.environment.Environment;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * A bucket as the parts of an open depot share it.
 *
 * @param depot the depot's name in its pool
 * @param conditions those that the store keeps
 */
record S3Bucket(
        String depot,
        S3Settings settings,
        S3Client s3,
        S3Objects objects,
        S3Failures failures,
        Set<Conditional> conditions,
        Environment environment) {
    /** Returns the bucket's name in the store. */
    String name() {
        return settings.bucket();
    }

    /** Returns what tells an object from one that somebody else stores in its place. */
    String newPut() {
        return Long.toHexString(environment.random().nextLong())
                + Long.toHexString(environment.random().nextLong());
    }

    /** Returns what is known of a file; empty when there is none. */
    Optional<FileStat> stat(Rn<?> file) {
        try {
            HeadObjectResponse head =
                    s3.headObject(request -> request.bucket(name()).key(objects.key(file)));
            return Optional.of(objects.stat(
                    file, head.contentLength(), head.lastModified(), head.eTag(), head.contentType(), head.metadata()));
        } catch (SdkException failed) {
            if (S3Failures.isMissing(failed)) {
                return Optional.empty();
            }
            throw failures.reading(file, failed);
        }
    }
}
