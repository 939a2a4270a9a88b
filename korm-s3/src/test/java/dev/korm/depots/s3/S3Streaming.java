package dev.korm.depots.s3;

import dev.korm.testkit.contract.store.LargeFile;

/** A program of its own that stores a large file in S3. Arguments: endpoint, bucket, prefix, id, secret, the megabytes. */
final class S3Streaming {
    private S3Streaming() {}

    public static void main(String[] arguments) throws Exception {
        LargeFile.store(
                S3Depot.bucket(arguments[1])
                        .endpoint(arguments[0])
                        .prefix(arguments[2])
                        .credentials(arguments[3], arguments[4]),
                Integer.parseInt(arguments[5]));
    }
}
