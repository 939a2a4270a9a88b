package dev.korm.depots;

import dev.korm.DepotException;
import dev.korm.Rn;
import dev.korm.spi.Digesting;
import dev.korm.spi.PutCondition;
import dev.korm.spi.PutOptions;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/** A file that is sent in parts. Used once, by one thread. */
final class S3Upload {
    /** After so many parts, they become twice as large; S3 takes 10,000. */
    private static final int PARTS_OF_ONE_SIZE = 1000;

    private static final int LARGEST = 512 * 1024 * 1024;

    private final S3Client s3;
    private final S3Failures failures;
    private final String bucket;
    private final String key;
    private final Rn<?> file;
    private final List<CompletedPart> parts = new ArrayList<>();

    S3Upload(S3Client s3, S3Failures failures, String bucket, String key, Rn<?> file) {
        this.s3 = s3;
        this.failures = failures;
        this.bucket = bucket;
        this.key = key;
        this.file = file;
    }

    /** What is known when all is sent. */
    record Sent(String sha256, String etag) {}

    /**
     * Sends everything.
     *
     * @param first the bytes that were read already, all of a part
     */
    Sent send(byte[] first, Digesting rest, PutOptions options, Map<String, String> metadata) {
        String id;
        try {
            id = s3.createMultipartUpload(request -> {
                        request.bucket(bucket).key(key).metadata(metadata);
                        options.contentType().ifPresent(request::contentType);
                    })
                    .uploadId();
        } catch (SdkException failed) {
            throw failures.before(file, failed);
        }
        try {
            sendParts(id, first, rest);
            String sha256 = rest.check(options);
            return new Sent(sha256, complete(id, options.condition()));
        } catch (RuntimeException | Error failed) {
            abort(id, failed);
            throw failed;
        }
    }

    private void sendParts(String id, byte[] first, Digesting rest) {
        byte[] buffer = first;
        int filled = first.length;
        while (filled > 0) {
            send(id, buffer, filled);
            if (parts.size() % PARTS_OF_ONE_SIZE == 0 && buffer.length < LARGEST) {
                buffer = new byte[buffer.length * 2];
            }
            filled = rest.fill(buffer, 0);
        }
    }

    private void send(String id, byte[] buffer, int filled) {
        int number = parts.size() + 1;
        try {
            String etag = s3.uploadPart(
                            request ->
                                    request.bucket(bucket).key(key).uploadId(id).partNumber(number),
                            RequestBody.fromRemainingByteBuffer(ByteBuffer.wrap(buffer, 0, filled)))
                    .eTag();
            parts.add(CompletedPart.builder().partNumber(number).eTag(etag).build());
        } catch (SdkException failed) {
            throw failures.before(file, failed);
        }
    }

    private String complete(String id, PutCondition condition) {
        return s3.completeMultipartUpload(request -> {
                    request.bucket(bucket).key(key).uploadId(id).multipartUpload(all -> all.parts(parts));
                    if (condition instanceof PutCondition.Absent) {
                        request.ifNoneMatch("*");
                    } else if (condition instanceof PutCondition.Version version) {
                        request.ifMatch(version.version());
                    }
                })
                .eTag();
    }

    private void abort(String id, Throwable reason) {
        try {
            s3.abortMultipartUpload(request -> request.bucket(bucket).key(key).uploadId(id));
        } catch (SdkException alsoFailed) {
            reason.addSuppressed(alsoFailed);
        }
    }

    /** Copies an object that is too large for one request; answers the new one's ETag. */
    String copy(String from, String etag, long size, long part, PutOptions options, Map<String, String> metadata) {
        String id = s3.createMultipartUpload(request -> {
                    request.bucket(bucket).key(key).metadata(metadata);
                    options.contentType().ifPresent(request::contentType);
                })
                .uploadId();
        try {
            for (long at = 0; at < size; at += part) {
                int number = parts.size() + 1;
                String range = "bytes=" + at + "-" + (Math.min(size, at + part) - 1);
                String copied = s3.uploadPartCopy(request -> request.sourceBucket(bucket)
                                .sourceKey(from)
                                .copySourceIfMatch(etag)
                                .copySourceRange(range)
                                .destinationBucket(bucket)
                                .destinationKey(key)
                                .uploadId(id)
                                .partNumber(number))
                        .copyPartResult()
                        .eTag();
                parts.add(
                        CompletedPart.builder().partNumber(number).eTag(copied).build());
            }
            return complete(id, PutCondition.NONE);
        } catch (SdkException | DepotException failed) {
            abort(id, failed);
            throw failed;
        }
    }
}
