package dev.korm.depots.s3;

import dev.korm.Rn;
import dev.korm.depots.support.Interrupts;
import dev.korm.spi.depot.Digesting;
import dev.korm.spi.depot.PutCondition;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/**
 * A file that is sent or copied in parts. Used by one thread; closing it may be done by another.
 *
 * <p><b>States.</b> New, without an id. Open from {@link #begin}: the store keeps an id and the parts, unseen and paid for. Completed by
 * {@link #complete}: the parts are the object, at once and whole. Aborted by {@link #close}, which does nothing to one that was completed.
 *
 * <p><b>Who owns what.</b> The id belongs to whoever completes or aborts: it is taken from {@link #id} by {@link #close}, so that an upload is aborted once. A
 * {@link #complete} that the store refuses leaves it open, to be tried again or closed. Once it was aborted under a thread that sends, as by the
 * depot's end, that thread fails with its next part.
 */
final class S3Upload implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.depots");

    /** After so many parts, they become twice as large; S3 takes 10,000. */
    private static final int PARTS_OF_ONE_SIZE = 1000;

    private static final int LARGEST = 512 * 1024 * 1024;

    private final S3Uploads all;
    private final S3Client s3;
    private final S3Failures failures;
    private final String bucket;
    private final String key;
    private final Rn<?> file;
    private final List<CompletedPart> parts = new ArrayList<>();
    /** The store's id of it while it is open there; taken by whoever completes or aborts it. */
    private final AtomicReference<String> id = new AtomicReference<>("");

    S3Upload(S3Uploads all, S3Client s3, S3Failures failures, String bucket, String key, Rn<?> file) {
        this.all = all;
        this.s3 = s3;
        this.failures = failures;
        this.bucket = bucket;
        this.key = key;
        this.file = file;
    }

    void begin(Optional<String> contentType, Map<String, String> metadata) {
        try {
            id.set(s3.createMultipartUpload(request -> {
                        request.bucket(bucket).key(key).metadata(metadata);
                        contentType.ifPresent(request::contentType);
                    })
                    .uploadId());
        } catch (SdkException failed) {
            throw failures.before(file, failed);
        }
    }

    /**
     * Sends everything.
     *
     * @param first the bytes that were read already, all of a part
     */
    void send(byte[] first, Digesting rest) {
        byte[] buffer = first;
        int filled = first.length;
        while (filled > 0) {
            send(buffer, filled);
            if (parts.size() % PARTS_OF_ONE_SIZE == 0 && buffer.length < LARGEST) {
                buffer = new byte[buffer.length * 2];
            }
            filled = rest.fill(buffer, 0);
        }
    }

    private void send(byte[] buffer, int filled) {
        int number = parts.size() + 1;
        try {
            String etag = s3.uploadPart(
                            request -> request.bucket(bucket)
                                    .key(key)
                                    .uploadId(id.get())
                                    .partNumber(number),
                            RequestBody.fromRemainingByteBuffer(ByteBuffer.wrap(buffer, 0, filled)))
                    .eTag();
            parts.add(CompletedPart.builder().partNumber(number).eTag(etag).build());
        } catch (SdkException failed) {
            throw failures.before(file, failed);
        }
    }

    /**
     * Copies an object within the store.
     *
     * @param etag what the object has to be
     * @param part bytes of a part
     */
    void copy(String from, String etag, long size, long part) {
        for (long at = 0; at < size; at += part) {
            int number = parts.size() + 1;
            String range = "bytes=" + at + "-" + (Math.min(size, at + part) - 1);
            String copied = s3.uploadPartCopy(request -> request.sourceBucket(bucket)
                            .sourceKey(from)
                            .copySourceIfMatch(etag)
                            .copySourceRange(range)
                            .destinationBucket(bucket)
                            .destinationKey(key)
                            .uploadId(id.get())
                            .partNumber(number))
                    .copyPartResult()
                    .eTag();
            parts.add(CompletedPart.builder().partNumber(number).eTag(copied).build());
        }
    }

    /**
     * Makes the object of what was sent. When the store refuses that, it can be tried again.
     *
     * @param condition one that the store keeps
     * @param limit how long it may take; by the depot's settings when empty
     * @return the object's ETag
     */
    String complete(PutCondition condition, Optional<Duration> limit) {
        String etag = s3.completeMultipartUpload(request -> {
                    request.bucket(bucket).key(key).uploadId(id.get()).multipartUpload(sent -> sent.parts(parts));
                    if (condition instanceof PutCondition.Absent) {
                        request.ifNoneMatch("*");
                    } else if (condition instanceof PutCondition.Version version) {
                        request.ifMatch(version.version());
                    }
                    limit.ifPresent(time -> request.overrideConfiguration(call -> call.apiCallTimeout(time)));
                })
                .eTag();
        id.set("");
        all.ended(this);
        return etag;
    }

    /** Aborts it unless it was completed, also by a thread that was interrupted. */
    @Override
    public void close() {
        all.ended(this);
        String open = id.getAndSet("");
        if (open.isEmpty()) {
            return;
        }
        try {
            Interrupts.shielded(() -> s3.abortMultipartUpload(
                    request -> request.bucket(bucket).key(key).uploadId(open)));
        } catch (SdkException failed) {
            if (!S3Failures.isMissing(failed)) {
                // A later opening aborts it. What ended the upload is what the caller has to know.
                LOG.warn("An incomplete upload of {} stays in the store for now", file, failed);
            }
        }
    }
}
