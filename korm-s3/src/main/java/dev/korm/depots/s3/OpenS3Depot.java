package dev.korm.depots.s3;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.Rn;
import dev.korm.depot.FileNameException;
import dev.korm.depots.support.OpenStreams;
import dev.korm.spi.depot.ByteRange;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.DepotCapabilities;
import dev.korm.spi.depot.DepotCapabilities.Conditional;
import dev.korm.spi.depot.DepotCapabilities.Moving;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.FileEntry;
import dev.korm.spi.depot.FileLinks;
import dev.korm.spi.depot.FileNames;
import dev.korm.spi.depot.FileStat;
import dev.korm.spi.depot.PutCondition;
import dev.korm.spi.depot.PutOptions;
import dev.korm.spi.depot.SkippedName;
import dev.korm.spi.environment.Environment;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** A bucket of files. Safe for many threads, and for many programs on one bucket. */
final class OpenS3Depot implements Depot {
    /** In bytes of UTF-8; a limit of S3's. */
    private static final int LONGEST_KEY = 1024;

    private final S3Bucket bucket;
    private final S3Presigner presigner;
    private final OpenStreams streams;
    private final S3Uploads uploads;
    private final S3Reads reads;
    private final S3Writes writes;
    private final S3Moves moves;
    private final S3Listing listing;

    private OpenS3Depot(S3Bucket bucket, S3Presigner presigner) {
        this.bucket = bucket;
        this.presigner = presigner;
        this.streams = new OpenStreams(bucket.depot());
        this.uploads = new S3Uploads(bucket.s3(), bucket.name(), bucket.depot(), bucket.failures());
        this.reads = new S3Reads(bucket, streams);
        this.writes = new S3Writes(bucket, uploads);
        this.moves = new S3Moves(bucket, uploads, writes);
        this.listing = new S3Listing(bucket.s3(), bucket.name(), bucket.objects(), bucket.failures(), streams);
    }

    static OpenS3Depot open(String name, S3Settings settings, Environment environment) {
        S3Failures failures = new S3Failures(name, settings.address());
        S3Client s3 = S3Opening.client(settings);
        try {
            S3Opening.requireBucket(s3, settings, failures);
            S3Objects objects = new S3Objects(s3, name, settings.bucket(), settings.prefix());
            String probe =
                    objects.own("probe", Long.toHexString(environment.random().nextLong()));
            Set<Conditional> conditions = S3Opening.conditions(s3, settings.bucket(), probe);
            OpenS3Depot depot = new OpenS3Depot(
                    new S3Bucket(name, settings, s3, objects, failures, conditions, environment),
                    S3Opening.presigner(settings));
            depot.uploads.removeLeftovers(
                    objects.key(Rn.prefix(name)), environment.clock().instant().minus(settings.leftovers()));
            return depot;
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
        return bucket.depot();
    }

    @Override
    public DepotCapabilities capabilities() {
        return new DepotCapabilities(bucket.conditions(), Moving.COPY);
    }

    @Override
    public FileStat put(Rn<?> file, InputStream content, PutOptions options) {
        requireNonNull(file, "file");
        requireNonNull(content, "content");
        requireNonNull(options, "options");
        requireStorable(file);
        return streams.guarded(() -> writes.put(file, content, options));
    }

    @Override
    public FileContent get(Rn<?> file) {
        requireNonNull(file, "file");
        requireStorable(file);
        return streams.guarded(() -> reads.get(file));
    }

    @Override
    public FileContent get(Rn<?> file, ByteRange range) {
        requireNonNull(file, "file");
        requireNonNull(range, "range");
        requireStorable(file);
        return streams.guarded(() -> reads.get(file, range));
    }

    @Override
    public Optional<FileStat> stat(Rn<?> file) {
        requireNonNull(file, "file");
        requireStorable(file);
        return streams.guarded(() -> bucket.stat(file));
    }

    @Override
    public Stream<FileEntry> list(Rn<?> prefix, Consumer<SkippedName> skipped) {
        requireNonNull(prefix, "prefix");
        requireNonNull(skipped, "skipped");
        requirePrefix(prefix);
        return listing.files(prefix, skipped);
    }

    @Override
    public Stream<String> folders(Rn<?> prefix) {
        requireNonNull(prefix, "prefix");
        requirePrefix(prefix);
        return listing.folders(prefix);
    }

    private void requirePrefix(Rn<?> prefix) {
        streams.requireOpen();
        FileNames.requirePrefix(prefix, name());
    }

    @Override
    public FileStat copy(Rn<?> from, Rn<?> to) {
        requireNonNull(from, "from");
        requireNonNull(to, "to");
        requireStorable(from);
        requireStorable(to);
        return streams.guarded(() -> moves.copy(from, to));
    }

    @Override
    public FileStat move(Rn<?> from, Rn<?> to) {
        requireNonNull(from, "from");
        requireNonNull(to, "to");
        FileStat moved = copy(from, to);
        if (!from.equals(to)) {
            delete(from);
        }
        return moved;
    }

    @Override
    public boolean moveIfNewer(Rn<?> from, Rn<?> to, PutCondition.Newer newer) {
        requireNonNull(from, "from");
        requireNonNull(to, "to");
        requireNonNull(newer, "newer");
        requireStorable(from);
        requireStorable(to);
        return (capabilities().has(Conditional.IF_NEWER) && !from.equals(to))
                ? streams.guarded(() -> moves.moveIfNewer(from, to, newer))
                : Depot.super.moveIfNewer(from, to, newer);
    }

    @Override
    public boolean delete(Rn<?> file) {
        requireNonNull(file, "file");
        requireStorable(file);
        return streams.guarded(() -> remove(file));
    }

    private boolean remove(Rn<?> file) {
        String key = bucket.objects().key(file);
        try {
            HeadObjectResponse there = bucket.s3()
                    .headObject(request -> request.bucket(bucket.name()).key(key));
            bucket.s3().deleteObject(request -> request.bucket(bucket.name()).key(key));
            if (S3Objects.inParts(there.eTag())) {
                bucket.objects().forgetLabel(file);
            }
            return true;
        } catch (SdkException failed) {
            if (S3Failures.isMissing(failed)) {
                return false;
            }
            throw bucket.failures().writing(file, failed);
        }
    }

    @Override
    public Optional<FileLinks> links() {
        return Optional.of(new S3Links(presigner, bucket.name(), file -> {
            requireStorable(file);
            return bucket.objects().key(file);
        }));
    }

    /** Checks the length alone: every name that an RN can have is one of an object, but for its length. */
    @Override
    public void requireStorable(Rn<?> file) {
        requireNonNull(file, "file");
        streams.requireOpen();
        FileNames.requireFile(file, name());
        String key = bucket.objects().key(file);
        int length = key.getBytes(StandardCharsets.UTF_8).length;
        if (length > LONGEST_KEY) {
            throw new FileNameException(
                    name(),
                    file,
                    file + " is not a valid name in the depot \"" + name() + "\": its key has " + length
                            + " bytes, and at most " + LONGEST_KEY + " are possible. Choose another",
                    null);
        }
    }

    /** Returns how many files are being read, for tests of leaks. */
    int reading() {
        return streams.size();
    }

    /** Aborts what is being sent, while the store can still be told so. */
    @Override
    public void close() {
        try {
            streams.closeAll();
            uploads.closeAll();
        } finally {
            presigner.close();
            bucket.s3().close();
        }
    }

    @Override
    public String toString() {
        return "S3Depot " + name() + " at " + bucket.settings().address();
    }
}
