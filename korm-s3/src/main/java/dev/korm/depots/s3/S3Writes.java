package dev.korm.depots.s3;

import dev.korm.Rn;
import dev.korm.StoreException.Outcome;
import dev.korm.depot.DepotUnavailableException;
import dev.korm.depot.FileChangedException;
import dev.korm.depot.FileExistsException;
import dev.korm.depots.support.Conditions;
import dev.korm.spi.depot.DepotCapabilities.Conditional;
import dev.korm.spi.depot.Digesting;
import dev.korm.spi.depot.FileStat;
import dev.korm.spi.depot.PutCondition;
import dev.korm.spi.depot.PutOptions;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;

/**
 * Stores files in a bucket. A request replaces an object as a whole, so each file is whole or absent.
 *
 * <p>That an older file never replaces a newer one ({@link PutCondition.Newer}) needs more than conditions of requests: not every
 * store keeps {@code If-Match} among requests that come together, and an ETag comes again with the same bytes. So whoever replaces a
 * file takes the {@link S3Lock turn} to do so, looks at what is there, and then replaces exactly that. Where nothing is there, {@code
 * If-None-Match} alone decides, and no turn is needed. Safe for many threads.
 */
final class S3Writes {
    /** A conditional request that met another in the store is made again so often. */
    private static final int CONFLICTS = 8;
    /** How much is taken at once of content whose size is not known. */
    private static final int SMALL = 128 * 1024;

    private static final int GROWTH = 16;

    private static final String UNTYPED = "application/octet-stream";

    private final S3Bucket bucket;
    private final S3Uploads uploads;

    S3Writes(S3Bucket bucket, S3Uploads uploads) {
        this.bucket = bucket;
        this.uploads = uploads;
    }

    /** The one request that makes the object. It can be made again when the store has refused it. */
    interface Request {
        /**
         * @param condition one that the store keeps
         * @param limit how long it may take; by the depot's settings when empty
         * @return the object's ETag
         */
        String make(PutCondition condition, Optional<Duration> limit);
    }

    FileStat put(Rn<?> file, InputStream content, PutOptions options) {
        requireKept(file, options.condition());
        Digesting source = Digesting.source(content, file);
        byte[] first = first(source, options);
        int part = bucket.settings().part();
        return source.count() < part
                ? putWhole(file, first, (int) source.count(), source.check(options), options)
                : putParts(file, first, source, options);
    }

    private void requireKept(Rn<?> file, PutCondition condition) {
        if ((condition instanceof PutCondition.Absent && !keeps(Conditional.IF_ABSENT))
                || (condition instanceof PutCondition.Newer && !keeps(Conditional.IF_NEWER))
                || (condition instanceof PutCondition.Version && !keeps(Conditional.IF_VERSION))) {
            throw Conditions.denied(bucket.depot(), file, condition);
        }
    }

    private boolean keeps(Conditional condition) {
        return bucket.conditions().contains(condition);
    }

    /**
     * Reads as much as fits into one part, into the beginning of an array, which grows in few steps so that little is
     * copied.
     */
    private byte[] first(Digesting source, PutOptions options) {
        int part = bucket.settings().part();
        long announced = options.size().isPresent() ? options.size().getAsLong() + 1 : SMALL;
        byte[] bytes = new byte[(int) Math.min(announced, part)];
        int filled = source.fill(bytes, 0);
        while (filled == bytes.length && filled < part) {
            bytes = Arrays.copyOf(bytes, (int) Math.min((long) GROWTH * filled, part));
            filled = source.fill(bytes, filled);
        }
        return bytes;
    }

    private FileStat putWhole(Rn<?> file, byte[] bytes, int length, String sha256, PutOptions options) {
        String put = bucket.newPut();
        Request request = whole(file, bytes, length, sha256, options, put);
        String etag;
        if (options.condition() instanceof PutCondition.Newer newer) {
            etag = makeFirst(file, put, request)
                    .or(() -> replaceOlder(file, newer, options.attributes(), put, request))
                    .orElseThrow(() -> later(file));
        } else {
            etag = make(file, put, options.condition(), request);
        }
        return stored(file, length, etag, sha256, options);
    }

    /** Returns the request that sends bytes. */
    Request whole(Rn<?> file, byte[] bytes, int length, String sha256, PutOptions options, String put) {
        Map<String, String> metadata = S3Objects.metadata(Optional.of(sha256), options.attributes(), put);
        // Read in place, again for each attempt; what takes an array copies it.
        RequestBody body = RequestBody.fromContentProvider(
                () -> new ByteArrayInputStream(bytes, 0, length),
                length,
                options.contentType().orElse(UNTYPED));
        return (condition, limit) -> bucket.s3()
                .putObject(
                        request -> {
                            request.bucket(bucket.name())
                                    .key(bucket.objects().key(file))
                                    .metadata(metadata);
                            options.contentType().ifPresent(request::contentType);
                            if (condition instanceof PutCondition.Absent) {
                                request.ifNoneMatch("*");
                            } else if (condition instanceof PutCondition.Version version) {
                                request.ifMatch(version.version());
                            }
                            limit.ifPresent(time -> request.overrideConfiguration(call -> call.apiCallTimeout(time)));
                        },
                        body)
                .eTag();
    }

    private FileStat putParts(Rn<?> file, byte[] first, Digesting source, PutOptions options) {
        String put = bucket.newPut();
        Map<String, String> metadata = S3Objects.metadata(Optional.empty(), options.attributes(), put);
        try (S3Upload upload = uploads.begin(file, bucket.objects().key(file), options.contentType(), metadata)) {
            upload.send(first, source);
            String sha256 = source.check(options);
            String etag = options.condition() instanceof PutCondition.Newer newer
                    ? replaceOlder(file, newer, options.attributes(), put, upload::complete)
                            .orElseThrow(() -> later(file))
                    : make(file, put, options.condition(), upload::complete);
            bucket.objects().label(file, etag, sha256);
            return stored(file, source.count(), etag, sha256, options);
        } catch (SdkException failed) {
            throw bucket.failures().writing(file, failed);
        }
    }

    private FileStat stored(Rn<?> file, long size, String etag, String sha256, PutOptions options) {
        // The store's time of it is asked for only by those who need it.
        return new FileStat(
                file,
                size,
                bucket.environment().clock().instant(),
                etag,
                Optional.of(sha256),
                options.contentType(),
                options.attributes());
    }

    private String make(Rn<?> file, String put, PutCondition condition, Request request) {
        for (int attempt = 1; ; attempt++) {
            try {
                return request.make(condition, Optional.empty());
            } catch (SdkException failed) {
                if (S3Failures.isConflict(failed) && attempt < CONFLICTS) {
                    continue;
                }
                return settled(file, put, condition, failed);
            }
        }
    }

    /** Returns an answer that got lost makes the SDK ask again, and be refused for what the first request did. */
    private String settled(Rn<?> file, String put, PutCondition condition, SdkException failed) {
        if (!isRefused(failed)) {
            throw bucket.failures().writing(file, failed);
        }
        Optional<String> etag = bucket.objects().etagOf(file, put);
        if (etag.isPresent()) {
            return etag.get();
        }
        if (condition instanceof PutCondition.Absent) {
            throw new FileExistsException(
                    bucket.depot(),
                    file,
                    file + " is in the depot \"" + bucket.depot()
                            + "\" already, and was not to be replaced; choose another name",
                    failed);
        }
        if (condition instanceof PutCondition.Version) {
            throw new FileChangedException(
                    bucket.depot(),
                    file,
                    file + " in the depot \"" + bucket.depot()
                            + "\" is not as it was when it was looked at; look again",
                    failed);
        }
        throw bucket.failures().writing(file, failed);
    }

    private static boolean isRefused(SdkException failed) {
        return S3Failures.isPrecondition(failed) || S3Failures.isMissing(failed) || S3Failures.isConflict(failed);
    }

    /**
     * Makes an object where there is none.
     *
     * @param put what the request's object is told by
     * @return its ETag; empty when there is one
     */
    Optional<String> makeFirst(Rn<?> file, String put, Request request) {
        try {
            return Optional.of(request.make(PutCondition.ABSENT, Optional.empty()));
        } catch (SdkException failed) {
            if (!isRefused(failed)) {
                throw bucket.failures().writing(file, failed);
            }
            return bucket.objects().etagOf(file, put);
        }
    }

    /**
     * Makes an object in place of an older one or of none, under the turn to do so.
     *
     * @param attributes those of the file
     * @param put what the request's object is told by
     * @return its ETag; empty when a later one is there
     */
    Optional<String> replaceOlder(
            Rn<?> file, PutCondition.Newer newer, Map<String, String> attributes, String put, Request request) {
        try (S3Lock turn = S3Lock.of(bucket, file)) {
            SdkException refused = null;
            for (int attempt = 1; attempt <= CONFLICTS; attempt++) {
                Optional<FileStat> there = bucket.stat(file);
                if (there.isPresent() && !newer.replaces(there.get(), attributes)) {
                    return Optional.empty();
                }
                PutCondition exactly = there.isEmpty()
                        ? PutCondition.ABSENT
                        : keeps(Conditional.IF_VERSION)
                                ? new PutCondition.Version(there.get().version())
                                : PutCondition.NONE;
                try {
                    return Optional.of(request.make(exactly, Optional.of(turn.timeForRequest())));
                } catch (SdkException failed) {
                    if (!isRefused(failed)) {
                        throw bucket.failures().writing(file, failed);
                    }
                    Optional<String> etag = bucket.objects().etagOf(file, put);
                    if (etag.isPresent()) {
                        return etag;
                    }
                    // Somebody who takes no turns has stored or deleted it in between.
                    refused = failed;
                }
            }
            throw new DepotUnavailableException(
                    bucket.depot(),
                    file,
                    file + " in the depot \"" + bucket.depot()
                            + "\" was not changed: others changed it each time it was" + " looked at. Try again",
                    Outcome.NOT_APPLIED,
                    refused);
        }
    }

    private FileChangedException later(Rn<?> file) {
        return new FileChangedException(
                bucket.depot(),
                file,
                file + " in the depot \"" + bucket.depot() + "\" is newer than what was to be stored, and stays",
                null);
    }
}
