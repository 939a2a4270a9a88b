package dev.korm.depots.s3;

import dev.korm.ClosedException;
import dev.korm.Rn;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/**
 * The uploads in parts that a depot has begun and not ended. Safe for many threads.
 *
 * <p><b>Why.</b> Parts lie in the store, unseen and paid for, until an upload is completed or aborted; so whatever ends one, aborts it: its own
 * failure, an interrupt, the depot's end, and for those of a program that was killed an opening some days later.
 *
 * <p><b>What holds.</b> An upload is in {@link #open} from before the store knows of it until it was completed or is being aborted. Being closed is checked
 * behind that and again once the store has answered: so either {@link #closeAll} finds the upload, or its own thread does. An abort that fails is
 * logged, and left to {@link #removeLeftovers}.
 */
final class S3Uploads {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.depots");

    /** At most so many leftovers are aborted by one opening. */
    private static final int MOST_LEFTOVERS = 1000;

    private final S3Client s3;
    private final String bucket;
    private final String depot;
    private final S3Failures failures;
    private final Set<S3Upload> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    S3Uploads(S3Client s3, String bucket, String depot, S3Failures failures) {
        this.s3 = s3;
        this.bucket = bucket;
        this.depot = depot;
        this.failures = failures;
    }

    /** Begins one. Whoever asks closes it. */
    S3Upload begin(Rn<?> file, String key, Optional<String> contentType, Map<String, String> metadata) {
        S3Upload upload = new S3Upload(this, s3, failures, bucket, key, file);
        open.add(upload);
        try {
            requireOpen();
            upload.begin(contentType, metadata);
            requireOpen();
            return upload;
        } catch (RuntimeException | Error failed) {
            upload.close();
            throw failed;
        }
    }

    void requireOpen() {
        if (closed) {
            throw new ClosedException("The depot \"" + depot + "\" is closed, with its pool; open a new one");
        }
    }

    void ended(S3Upload upload) {
        open.remove(upload);
    }

    /** Aborts all, and lets none begin. Who sends parts of one fails with the next. */
    void closeAll() {
        closed = true;
        List.copyOf(open).forEach(S3Upload::close);
    }

    /** Aborts uploads that were begun long ago and never ended. A store that does not list them keeps them. */
    void removeLeftovers(String prefix, Instant before) {
        try {
            s3
                    .listMultipartUploadsPaginator(
                            request -> request.bucket(bucket).prefix(prefix).maxUploads(MOST_LEFTOVERS))
                    .uploads()
                    .stream()
                    .limit(MOST_LEFTOVERS)
                    .filter(upload ->
                            upload.initiated() != null && upload.initiated().isBefore(before))
                    .forEach(this::abort);
        } catch (SdkException notListed) {
            // Nothing depends on it, and what the depot needs shows with the next call.
            LOG.debug("Incomplete uploads of the depot \"{}\" were not looked for", depot, notListed);
        }
    }

    private void abort(MultipartUpload upload) {
        s3.abortMultipartUpload(
                request -> request.bucket(bucket).key(upload.key()).uploadId(upload.uploadId()));
    }
}
