package dev.korm.depots.s3;

import dev.korm.Rn;
import dev.korm.RnException;
import dev.korm.depots.support.OpenStreams;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.FileEntry;
import dev.korm.spi.depot.SkippedName;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.S3Object;

/** A listing of a bucket, page by page. Safe for many threads. */
final class S3Listing {
    private final S3Client s3;
    private final String bucket;
    private final S3Objects objects;
    private final S3Failures failures;
    private final OpenStreams streams;

    S3Listing(S3Client s3, String bucket, S3Objects objects, S3Failures failures, OpenStreams streams) {
        this.s3 = s3;
        this.bucket = bucket;
        this.objects = objects;
        this.failures = failures;
        this.streams = streams;
    }

    /** Returns the files below a prefix. */
    Stream<FileEntry> files(Rn<?> prefix, Consumer<SkippedName> skipped) {
        return guarded(
                prefix,
                () -> s3.listObjectsV2Paginator(request -> request.bucket(bucket)
                                .prefix(objects.key(prefix))
                                .encodingType(EncodingType.URL))
                        .contents()
                        .iterator(),
                object -> entry(object, skipped));
    }

    private @Nullable FileEntry entry(S3Object object, Consumer<SkippedName> skipped) {
        String text = objects.text(object.key());
        try {
            Rn<?> rn = Rn.parse(text);
            if (rn.form() == Rn.Form.FILE && rn.toString().equals(text)) {
                return rn.depotParts().get(0).equals(Depot.OWN)
                        ? null
                        : new FileEntry(rn, object.size(), object.lastModified());
            }
            skipped.accept(new SkippedName(text, "its key is not the RN of a file"));
        } catch (RnException unnameable) {
            if (!text.endsWith(":")) {
                skipped.accept(new SkippedName(text, "its key is not an RN"));
            }
        }
        return null;
    }

    /** Returns the names of the folders directly below a prefix. */
    Stream<String> folders(Rn<?> prefix) {
        String beginning = objects.key(prefix);
        try {
            return objects.knowsDelimiter(beginning) ? grouped(prefix, beginning) : listed(prefix, beginning);
        } catch (SdkException failed) {
            throw failures.reading(prefix, failed);
        }
    }

    /** Folders, for a store that groups by a slash at the most: keys come in order, so those of one folder come together. */
    private Stream<String> listed(Rn<?> prefix, String beginning) {
        String[] last = {""};
        return guarded(
                prefix,
                () -> s3.listObjectsV2Paginator(request ->
                                request.bucket(bucket).prefix(beginning).encodingType(EncodingType.URL))
                        .contents()
                        .iterator(),
                object -> {
                    int end = object.key().indexOf(':', beginning.length());
                    String part = end < 0 ? "" : object.key().substring(beginning.length(), end);
                    boolean known = part.equals(last[0])
                            || (part.equals(Depot.OWN) && prefix.depotParts().size() == 1);
                    last[0] = end < 0 ? last[0] : part;
                    return part.isEmpty() || known ? null : part;
                });
    }

    private Stream<String> grouped(Rn<?> prefix, String beginning) {
        return guarded(
                prefix,
                () -> s3.listObjectsV2Paginator(request -> request.bucket(bucket)
                                .prefix(beginning)
                                .delimiter(":")
                                .encodingType(EncodingType.URL))
                        .commonPrefixes()
                        .iterator(),
                folder -> {
                    String part = folder.prefix()
                            .substring(beginning.length(), folder.prefix().length() - 1);
                    return part.equals(Depot.OWN) && prefix.depotParts().size() == 1 ? null : part;
                });
    }

    private <O, E> Stream<E> guarded(Rn<?> prefix, S3Pages.Start<O> start, Function<O, @Nullable E> change) {
        return S3Pages.stream(start, change, failed -> {
            streams.requireOpen();
            return failures.reading(prefix, failed);
        });
    }
}
