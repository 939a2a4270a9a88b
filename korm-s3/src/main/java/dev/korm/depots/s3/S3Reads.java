package dev.korm.depots.s3;

import dev.korm.Rn;
import dev.korm.depots.support.GuardedStream;
import dev.korm.depots.support.LimitedStream;
import dev.korm.depots.support.OpenStreams;
import dev.korm.spi.depot.ByteRange;
import dev.korm.spi.depot.Digesting;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.FileStat;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** Reads files of a bucket. Whatever goes wrong while one is opened gives its connection back. Safe for many threads. */
final class S3Reads {
    private final S3Bucket bucket;
    private final OpenStreams streams;

    S3Reads(S3Bucket bucket, OpenStreams streams) {
        this.bucket = bucket;
        this.streams = streams;
    }

    FileContent get(Rn<?> file) {
        try {
            ResponseInputStream<GetObjectResponse> in = bucket.s3().getObject(request -> request.bucket(bucket.name())
                    .key(bucket.objects().key(file)));
            return orAbort(in, () -> {
                FileStat stat = stat(file, in.response(), in.response().contentLength());
                return content(
                        file, stat, in, 0, stat.size(), bytes -> Digesting.verifying(bytes, stat, bucket.depot()));
            });
        } catch (SdkException failed) {
            throw unread(file, failed);
        }
    }

    FileContent get(Rn<?> file, ByteRange range) {
        if (range.length() == 0) {
            return empty(file);
        }
        try {
            ResponseInputStream<GetObjectResponse> in = ranged(file, range.from(), last(range), null);
            return orAbort(in, () -> {
                FileStat stat = stat(file, in.response(), total(in.response()));
                long length = range.within(stat.size());
                return content(file, stat, in, range.from(), length, bytes -> new LimitedStream(bytes, length));
            });
        } catch (SdkException failed) {
            if (S3Failures.isBeyondEnd(failed)) {
                return empty(file);
            }
            throw unread(file, failed);
        }
    }

    /** Makes content of an answer that has begun. */
    private interface Opening {
        FileContent open();
    }

    private static FileContent orAbort(ResponseInputStream<GetObjectResponse> in, Opening opening) {
        try {
            return opening.open();
        } catch (RuntimeException | Error failed) {
            in.abort();
            throw failed;
        }
    }

    private static long last(ByteRange range) {
        return range.length() > Long.MAX_VALUE - range.from() ? Long.MAX_VALUE : range.from() + range.length() - 1;
    }

    private FileContent empty(Rn<?> file) {
        return new FileContent(
                bucket.stat(file).orElseThrow(() -> bucket.failures().missing(file, null)),
                InputStream.nullInputStream());
    }

    private ResponseInputStream<GetObjectResponse> ranged(Rn<?> file, long from, long last, @Nullable String etag) {
        String range = "bytes=" + from + "-" + (last == Long.MAX_VALUE ? "" : Long.toString(last));
        return bucket.s3().getObject(request -> request.bucket(bucket.name())
                .key(bucket.objects().key(file))
                .range(range)
                .ifMatch(etag));
    }

    private FileContent content(
            Rn<?> file,
            FileStat stat,
            ResponseInputStream<GetObjectResponse> in,
            long from,
            long length,
            UnaryOperator<InputStream> checked) {
        S3Stream resumed = new S3Stream(
                in,
                length,
                bucket.settings().attempts() - 1,
                position -> ranged(file, from + position, from + length - 1, stat.version()));
        try {
            return new FileContent(stat, GuardedStream.of(checked.apply(resumed), streams, failed -> bucket.failures()
                    .reading(file, failed)));
        } catch (IOException failed) {
            throw bucket.failures().reading(file, failed);
        }
    }

    private FileStat stat(Rn<?> file, GetObjectResponse response, long size) {
        return bucket.objects()
                .stat(
                        file,
                        size,
                        response.lastModified(),
                        response.eTag(),
                        response.contentType(),
                        response.metadata());
    }

    private static long total(GetObjectResponse response) {
        String range = response.contentRange();
        int slash = range == null ? -1 : range.lastIndexOf('/');
        return range == null || slash < 0 ? response.contentLength() : Long.parseLong(range.substring(slash + 1));
    }

    private RuntimeException unread(Rn<?> file, SdkException failed) {
        return S3Failures.isMissing(failed)
                ? bucket.failures().missing(file, failed)
                : bucket.failures().reading(file, failed);
    }
}
