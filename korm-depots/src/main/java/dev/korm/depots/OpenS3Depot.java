package dev.korm.depots;

import dev.korm.FileChangedException;
import dev.korm.FileExistsException;
import dev.korm.Rn;
import dev.korm.spi.ByteRange;
import dev.korm.spi.Depot;
import dev.korm.spi.DepotCapabilities;
import dev.korm.spi.DepotCapabilities.Conditional;
import dev.korm.spi.DepotCapabilities.Moving;
import dev.korm.spi.Digesting;
import dev.korm.spi.Environment;
import dev.korm.spi.FileContent;
import dev.korm.spi.FileEntry;
import dev.korm.spi.FileLinks;
import dev.korm.spi.FileNames;
import dev.korm.spi.FileStat;
import dev.korm.spi.PutCondition;
import dev.korm.spi.PutOptions;
import dev.korm.spi.SkippedName;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.MetadataDirective;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** A bucket of files. Safe for many threads, and for many programs on one bucket. */
final class OpenS3Depot implements Depot {
    /** A conditional request that met another in the store is made again so often. */
    private static final int CONFLICTS = 8;
    /** How much is taken at once of content whose size is not known. */
    private static final int SMALL = 128 * 1024;

    private static final int GROWTH = 16;

    private static final String UNTYPED = "application/octet-stream";

    private final String name;
    private final S3Settings settings;
    private final S3Client s3;
    private final S3Presigner presigner;
    private final S3Objects objects;
    private final S3Failures failures;
    private final Set<Conditional> conditions;
    private final RandomGenerator random;
    private final Clock clock;
    private final OpenStreams streams;
    private final S3Listing listing;
    private final String bucket;

    private OpenS3Depot(
            String name,
            S3Settings settings,
            S3Client s3,
            S3Presigner presigner,
            Set<Conditional> conditions,
            Environment environment) {
        this.name = name;
        this.settings = settings;
        this.s3 = s3;
        this.presigner = presigner;
        this.bucket = settings.bucket();
        this.objects = new S3Objects(s3, name, bucket, settings.prefix());
        this.failures = new S3Failures(name, settings.place());
        this.conditions = conditions;
        this.random = environment.random();
        this.clock = environment.clock();
        this.streams = new OpenStreams(name);
        this.listing = new S3Listing(s3, bucket, objects, failures, streams);
    }

    static OpenS3Depot open(String name, S3Settings settings, Environment environment) {
        S3Failures failures = new S3Failures(name, settings.place());
        S3Client s3 = S3Opening.client(settings);
        try {
            S3Opening.requireBucket(s3, settings, failures);
            String probe = new S3Objects(s3, name, settings.bucket(), settings.prefix())
                    .own("probe", Long.toHexString(environment.random().nextLong()));
            Set<Conditional> conditions = S3Opening.conditions(s3, settings.bucket(), probe);
            return new OpenS3Depot(name, settings, s3, S3Opening.presigner(settings), conditions, environment);
        } catch (SdkException failed) {
            s3.close();
            throw failures.writing(null, failed);
        } catch (RuntimeException | Error failed) {
            s3.close();
            throw failed;
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public DepotCapabilities capabilities() {
        return new DepotCapabilities(conditions, Moving.COPY);
    }

    @Override
    public FileStat put(Rn<?> file, InputStream content, PutOptions options) {
        check(file);
        requireCondition(file, options.condition());
        Digesting source = Digesting.source(content, file);
        byte[] first = first(source, options);
        return source.count() < settings.part()
                ? putWhole(file, first, (int) source.count(), source.check(options), options)
                : putParts(file, first, source, options);
    }

    /** As much as fits into one part, at the beginning of an array, which grows in few steps so that little is copied. */
    private byte[] first(Digesting source, PutOptions options) {
        long announced = options.size().isPresent() ? options.size().getAsLong() + 1 : SMALL;
        byte[] bytes = new byte[(int) Math.min(announced, settings.part())];
        int filled = source.fill(bytes, 0);
        while (filled == bytes.length && filled < settings.part()) {
            bytes = Arrays.copyOf(bytes, (int) Math.min((long) GROWTH * filled, settings.part()));
            filled = source.fill(bytes, filled);
        }
        return bytes;
    }

    private void requireCondition(Rn<?> file, PutCondition condition) {
        if ((condition instanceof PutCondition.Absent && !conditions.contains(Conditional.IF_ABSENT))
                || (condition instanceof PutCondition.Newer && !conditions.contains(Conditional.IF_NEWER))
                || (condition instanceof PutCondition.Version && !conditions.contains(Conditional.IF_VERSION))) {
            throw Conditions.denied(name, file, condition);
        }
    }

    private FileStat putWhole(Rn<?> file, byte[] bytes, int length, String sha256, PutOptions options) {
        String put = newPut();
        Map<String, String> metadata = S3Objects.metadata(Optional.of(sha256), options.attributes(), put);
        // Read in place, again for each attempt; what takes an array copies it.
        RequestBody body = RequestBody.fromContentProvider(
                () -> new ByteArrayInputStream(bytes, 0, length),
                length,
                options.contentType().orElse(UNTYPED));
        for (int attempt = 1; ; attempt++) {
            try {
                String etag = s3.putObject(
                                request -> {
                                    request.bucket(bucket)
                                            .key(objects.key(file))
                                            .metadata(metadata);
                                    options.contentType().ifPresent(request::contentType);
                                    if (options.condition() instanceof PutCondition.Absent) {
                                        request.ifNoneMatch("*");
                                    } else if (options.condition() instanceof PutCondition.Version version) {
                                        request.ifMatch(version.version());
                                    }
                                },
                                body)
                        .eTag();
                return stored(file, length, etag, sha256, options);
            } catch (SdkException failed) {
                if (S3Failures.isConflict(failed) && attempt < CONFLICTS) {
                    continue;
                }
                return settled(file, put, options.condition(), failed);
            }
        }
    }

    private FileStat putParts(Rn<?> file, byte[] first, Digesting source, PutOptions options) {
        String put = newPut();
        Map<String, String> metadata = S3Objects.metadata(Optional.empty(), options.attributes(), put);
        try {
            S3Upload.Sent sent =
                    new S3Upload(s3, failures, bucket, objects.key(file), file).send(first, source, options, metadata);
            objects.label(file, sent.etag(), sent.sha256());
            return stored(file, source.count(), sent.etag(), sent.sha256(), options);
        } catch (SdkException failed) {
            return settled(file, put, options.condition(), failed);
        }
    }

    /** An answer that got lost makes the SDK ask again, and be refused for what the first request did. */
    private FileStat settled(Rn<?> file, String put, PutCondition condition, SdkException failed) {
        boolean refused = S3Failures.isPrecondition(failed) || S3Failures.isMissing(failed);
        if (!refused) {
            throw failures.writing(file, failed);
        }
        if (objects.isOf(file, put)) {
            return stat(file).orElseThrow(() -> failures.missing(file, failed));
        }
        if (condition instanceof PutCondition.Absent) {
            throw new FileExistsException(
                    name,
                    file,
                    file + " is in the depot \"" + name + "\" already, and was not to be replaced; choose another name",
                    failed);
        }
        if (condition instanceof PutCondition.Version) {
            throw new FileChangedException(
                    name,
                    file,
                    file + " in the depot \"" + name + "\" is not as it was when it was looked at; look again",
                    failed);
        }
        throw failures.writing(file, failed);
    }

    private String newPut() {
        return Long.toHexString(random.nextLong()) + Long.toHexString(random.nextLong());
    }

    private FileStat stored(Rn<?> file, long size, String etag, String sha256, PutOptions options) {
        // The store's time of it is asked for only by those who need it.
        return new FileStat(
                file, size, clock.instant(), etag, Optional.of(sha256), options.contentType(), options.attributes());
    }

    @Override
    public FileContent get(Rn<?> file) {
        check(file);
        try {
            ResponseInputStream<GetObjectResponse> in =
                    s3.getObject(request -> request.bucket(bucket).key(objects.key(file)));
            GetObjectResponse response = in.response();
            FileStat stat = stat(file, response, response.contentLength());
            return content(file, stat, in, 0, stat.size(), bytes -> Digesting.verifying(bytes, stat, name));
        } catch (SdkException failed) {
            throw unread(file, failed);
        }
    }

    @Override
    public FileContent get(Rn<?> file, ByteRange range) {
        check(file);
        if (range.length() == 0) {
            return empty(file);
        }
        try {
            ResponseInputStream<GetObjectResponse> in = ranged(file, range.from(), last(range), null);
            GetObjectResponse response = in.response();
            FileStat stat = stat(file, response, total(response));
            long length = range.within(stat.size());
            return content(file, stat, in, range.from(), length, bytes -> new Limited(bytes, length));
        } catch (SdkException failed) {
            if (S3Failures.isBeyondEnd(failed)) {
                return empty(file);
            }
            throw unread(file, failed);
        }
    }

    private static long last(ByteRange range) {
        return range.length() > Long.MAX_VALUE - range.from() ? Long.MAX_VALUE : range.from() + range.length() - 1;
    }

    private FileContent empty(Rn<?> file) {
        return new FileContent(
                stat(file).orElseThrow(() -> failures.missing(file, null)), InputStream.nullInputStream());
    }

    private ResponseInputStream<GetObjectResponse> ranged(Rn<?> file, long from, long last, @Nullable String etag) {
        String range = "bytes=" + from + "-" + (last == Long.MAX_VALUE ? "" : Long.toString(last));
        return s3.getObject(request ->
                request.bucket(bucket).key(objects.key(file)).range(range).ifMatch(etag));
    }

    private FileContent content(
            Rn<?> file,
            FileStat stat,
            ResponseInputStream<GetObjectResponse> in,
            long from,
            long length,
            java.util.function.UnaryOperator<InputStream> checked) {
        S3Stream resumed = new S3Stream(
                in,
                length,
                settings.attempts() - 1,
                position -> ranged(file, from + position, from + length - 1, stat.version()));
        try {
            return new FileContent(
                    stat, GuardedStream.of(checked.apply(resumed), streams, failed -> failures.reading(file, failed)));
        } catch (IOException failed) {
            throw failures.reading(file, failed);
        }
    }

    private FileStat stat(Rn<?> file, GetObjectResponse response, long size) {
        return objects.stat(
                file, size, response.lastModified(), response.eTag(), response.contentType(), response.metadata());
    }

    private static long total(GetObjectResponse response) {
        String range = response.contentRange();
        int slash = range == null ? -1 : range.lastIndexOf('/');
        return range == null || slash < 0 ? response.contentLength() : Long.parseLong(range.substring(slash + 1));
    }

    private RuntimeException unread(Rn<?> file, SdkException failed) {
        return S3Failures.isMissing(failed) ? failures.missing(file, failed) : failures.reading(file, failed);
    }

    @Override
    public Optional<FileStat> stat(Rn<?> file) {
        check(file);
        try {
            HeadObjectResponse head =
                    s3.headObject(request -> request.bucket(bucket).key(objects.key(file)));
            return Optional.of(objects.stat(
                    file, head.contentLength(), head.lastModified(), head.eTag(), head.contentType(), head.metadata()));
        } catch (SdkException failed) {
            if (S3Failures.isMissing(failed)) {
                return Optional.empty();
            }
            throw failures.reading(file, failed);
        }
    }

    @Override
    public Stream<FileEntry> list(Rn<?> prefix, Consumer<SkippedName> skipped) {
        checkPrefix(prefix);
        return listing.files(prefix, skipped);
    }

    @Override
    public Stream<String> folders(Rn<?> prefix) {
        checkPrefix(prefix);
        return listing.folders(prefix);
    }

    private void checkPrefix(Rn<?> prefix) {
        streams.requireOpen();
        FileNames.requirePrefix(prefix, name);
    }

    @Override
    public FileStat copy(Rn<?> from, Rn<?> to) {
        check(to);
        FileStat stat = stat(from).orElseThrow(() -> failures.missing(from, null));
        if (from.equals(to)) {
            return stat;
        }
        try {
            String etag = stat.size() > settings.largestCopy() ? copyParts(stat, to) : copyWhole(stat, to);
            return new FileStat(
                    to, stat.size(), clock.instant(), etag, stat.sha256(), stat.contentType(), stat.attributes());
        } catch (SdkException failed) {
            throw S3Failures.isMissing(failed) ? failures.missing(from, failed) : failures.writing(to, failed);
        }
    }

    private String copyWhole(FileStat stat, Rn<?> to) {
        return s3.copyObject(request -> {
                    request.sourceBucket(bucket)
                            .sourceKey(objects.key(stat.rn()))
                            .copySourceIfMatch(stat.version())
                            .destinationBucket(bucket)
                            .destinationKey(objects.key(to))
                            .metadataDirective(MetadataDirective.REPLACE)
                            .metadata(S3Objects.metadata(stat.sha256(), stat.attributes(), newPut()));
                    stat.contentType().ifPresent(request::contentType);
                })
                .copyObjectResult()
                .eTag();
    }

    private String copyParts(FileStat stat, Rn<?> to) {
        Map<String, String> metadata = S3Objects.metadata(stat.sha256(), stat.attributes(), newPut());
        return new S3Upload(s3, failures, bucket, objects.key(to), to)
                .copy(
                        objects.key(stat.rn()),
                        stat.version(),
                        stat.size(),
                        settings.largestCopy(),
                        PutOptions.like(stat),
                        metadata);
    }

    @Override
    public FileStat move(Rn<?> from, Rn<?> to) {
        FileStat moved = copy(from, to);
        if (!from.equals(to)) {
            delete(from);
        }
        return moved;
    }

    @Override
    public boolean delete(Rn<?> file) {
        check(file);
        try {
            HeadObjectResponse there =
                    s3.headObject(request -> request.bucket(bucket).key(objects.key(file)));
            s3.deleteObject(request -> request.bucket(bucket).key(objects.key(file)));
            if (S3Objects.inParts(there.eTag())) {
                objects.forgetLabel(file);
            }
            return true;
        } catch (SdkException failed) {
            if (S3Failures.isMissing(failed)) {
                return false;
            }
            throw failures.writing(file, failed);
        }
    }

    @Override
    public Optional<FileLinks> links() {
        return Optional.of(new S3Links(presigner, bucket, file -> {
            check(file);
            return objects.key(file);
        }));
    }

    private void check(Rn<?> file) {
        streams.requireOpen();
        FileNames.requireFile(file, name);
    }

    /** How many files are being read, for tests of leaks. */
    int reading() {
        return streams.size();
    }

    @Override
    public void close() {
        streams.closeAll();
        presigner.close();
        s3.close();
    }

    @Override
    public String toString() {
        return "S3Depot " + name + " at " + settings.place();
    }
}
