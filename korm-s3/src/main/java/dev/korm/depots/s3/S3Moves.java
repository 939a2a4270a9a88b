package dev.korm.depots.s3;

import dev.korm.Rn;
import dev.korm.StoreException.Outcome;
import dev.korm.depot.CorruptFileException;
import dev.korm.depot.DepotUnavailableException;
import dev.korm.spi.depot.Digesting;
import dev.korm.spi.depot.FileStat;
import dev.korm.spi.depot.PutCondition;
import dev.korm.spi.depot.PutOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.MetadataDirective;

/** Copies and moves files within a bucket. Safe for many threads. */
final class S3Moves {
    /** Up to here, a file that is moved under a condition goes through this machine: in fewer requests than a copy takes. */
    private static final int SMALL = 1024 * 1024;

    private final S3Bucket bucket;
    private final S3Uploads uploads;
    private final S3Writes writes;

    S3Moves(S3Bucket bucket, S3Uploads uploads, S3Writes writes) {
        this.bucket = bucket;
        this.uploads = uploads;
        this.writes = writes;
    }

    private FileStat required(Rn<?> from) {
        return bucket.stat(from).orElseThrow(() -> bucket.failures().missing(from, null));
    }

    FileStat copy(Rn<?> from, Rn<?> to) {
        FileStat stat = required(from);
        if (from.equals(to)) {
            return stat;
        }
        try {
            String etag = stat.size() > bucket.settings().largestCopy() ? copyParts(stat, to) : copyWhole(stat, to);
            return new FileStat(
                    to,
                    stat.size(),
                    bucket.environment().clock().instant(),
                    etag,
                    stat.sha256(),
                    stat.contentType(),
                    stat.attributes());
        } catch (SdkException failed) {
            throw S3Failures.isMissing(failed)
                    ? bucket.failures().missing(from, failed)
                    : bucket.failures().writing(to, failed);
        }
    }

    private String copyWhole(FileStat stat, Rn<?> to) {
        return bucket.s3()
                .copyObject(request -> {
                    request.sourceBucket(bucket.name())
                            .sourceKey(bucket.objects().key(stat.rn()))
                            .copySourceIfMatch(stat.version())
                            .destinationBucket(bucket.name())
                            .destinationKey(bucket.objects().key(to))
                            .metadataDirective(MetadataDirective.REPLACE)
                            .metadata(S3Objects.metadata(stat.sha256(), stat.attributes(), bucket.newPut()));
                    stat.contentType().ifPresent(request::contentType);
                })
                .copyObjectResult()
                .eTag();
    }

    private String copyParts(FileStat stat, Rn<?> to) {
        try (S3Upload upload = copied(stat, to, bucket.newPut())) {
            return upload.complete(PutCondition.NONE, Optional.empty());
        }
    }

    /** Copies the parts of a file to what will be another. */
    private S3Upload copied(FileStat stat, Rn<?> to, String put) {
        Map<String, String> metadata = S3Objects.metadata(stat.sha256(), stat.attributes(), put);
        S3Upload upload = uploads.begin(to, bucket.objects().key(to), stat.contentType(), metadata);
        try {
            upload.copy(
                    bucket.objects().key(stat.rn()),
                    stat.version(),
                    stat.size(),
                    bucket.settings().largestCopy());
            return upload;
        } catch (RuntimeException | Error failed) {
            upload.close();
            throw failed;
        }
    }

    /** Moves a file, unless a later one is at its name. */
    boolean moveIfNewer(Rn<?> from, Rn<?> to, PutCondition.Newer newer) {
        FileStat stat;
        boolean moved;
        try (ResponseInputStream<GetObjectResponse> in = bucket.s3().getObject(request -> request.bucket(bucket.name())
                .key(bucket.objects().key(from)))) {
            GetObjectResponse head = in.response();
            stat = bucket.objects()
                    .stat(
                            from,
                            head.contentLength(),
                            head.lastModified(),
                            head.eTag(),
                            head.contentType(),
                            head.metadata());
            if (stat.size() <= SMALL) {
                moved = moveBytes(stat, in.readAllBytes(), to, newer);
            } else {
                in.abort();
                moved = moveParts(stat, to, newer);
            }
        } catch (SdkException failed) {
            throw S3Failures.isMissing(failed)
                    ? bucket.failures().missing(from, failed)
                    : bucket.failures().before(to, failed);
        } catch (IOException failed) {
            throw bucket.failures().reading(from, failed);
        }
        delete(stat);
        return moved;
    }

    private boolean moveBytes(FileStat stat, byte[] bytes, Rn<?> to, PutCondition.Newer newer) {
        Digesting content = Digesting.source(new ByteArrayInputStream(bytes), to);
        content.fill(new byte[bytes.length], 0);
        String sha256 = content.hex();
        if (bytes.length != stat.size()) {
            throw new DepotUnavailableException(
                    bucket.depot(),
                    stat.rn(),
                    stat.rn() + " in the depot \"" + bucket.depot() + "\" was not read to its end. Try again",
                    Outcome.NOT_APPLIED,
                    null);
        }
        if (stat.sha256().filter(expected -> !expected.equals(sha256)).isPresent()) {
            throw new CorruptFileException(
                    bucket.depot(),
                    stat.rn(),
                    stat.rn() + " in the depot \"" + bucket.depot() + "\" was not moved to " + to
                            + ": its bytes do not have the recorded SHA-256. Restore it",
                    null);
        }
        String put = bucket.newPut();
        S3Writes.Request request = writes.whole(to, bytes, bytes.length, sha256, PutOptions.like(stat), put);
        return writes.makeFirst(to, put, request)
                .or(() -> writes.replaceOlder(to, newer, stat.attributes(), put, request))
                .isPresent();
    }

    private boolean moveParts(FileStat stat, Rn<?> to, PutCondition.Newer newer) {
        String put = bucket.newPut();
        try (S3Upload upload = copied(stat, to, put)) {
            return writes.replaceOlder(to, newer, stat.attributes(), put, upload::complete)
                    .isPresent();
        }
    }

    private void delete(FileStat stat) {
        try {
            bucket.s3().deleteObject(request -> request.bucket(bucket.name())
                    .key(bucket.objects().key(stat.rn())));
            if (S3Objects.inParts(stat.version())) {
                bucket.objects().forgetLabel(stat.rn());
            }
        } catch (SdkException failed) {
            throw bucket.failures().halfway(stat.rn(), failed);
        }
    }
}
