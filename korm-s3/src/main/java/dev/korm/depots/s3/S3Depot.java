package dev.korm.depots.s3;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.spi.LayerDescription;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.DepotDescription;
import dev.korm.spi.depot.DepotSource;
import dev.korm.spi.environment.Environment;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Files in a bucket of S3, or of a store that speaks its protocol. A file's object has the whole text of its RN for a key, behind
 * the prefix if there is one: {@code backup/[rn][depot::files]:invoices:fred.pdf}. So a depot that gets another name has other
 * files.
 *
 * <pre>{@code
 * S3Depot.bucket("invoices").region("eu-central-1")                                  // AWS, its usual credentials
 * S3Depot.bucket("invoices").endpoint("https://minio.local").credentials(id, secret) // another store
 * }</pre>
 *
 * <p>What is not given is taken from the environment: {@code S3_ENDPOINT}, {@code S3_REGION}, {@code S3_ACCESS_KEY_ID},
 * {@code S3_SECRET_ACCESS_KEY}, {@code S3_SESSION_TOKEN}, else the same with {@code AWS_}; without a key there, from wherever the
 * AWS SDK finds credentials by default. The region is {@code us-east-1} when nothing says otherwise.
 *
 * <p>Files of up to 8 MiB go in one request; others in parts, of which one is in memory at a time. Checksum and type are the
 * object's metadata; a checksum that is known only when all parts are sent lies in an object of its own below {@value
 * Depot#OWN}, which says for which version of the file it counts.
 *
 * <p>Immutable. Credentials are in no text that it makes.
 */
public final class S3Depot implements DepotSource {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final int ATTEMPTS = 4;
    private static final Duration LEFTOVERS = Duration.ofDays(7);

    private final S3Settings settings;
    private final Function<String, @Nullable String> variables;

    private S3Depot(S3Settings settings, Function<String, @Nullable String> variables) {
        this.settings = settings;
        this.variables = variables;
    }

    /** The reaction to a missing bucket. */
    public enum MissingBucket {
        /** It is made. */
        CREATE,
        /** Opening fails. */
        FAIL
    }

    /** The naming of the bucket in requests. */
    public enum Addressing {
        /** In the path: every store knows that. */
        PATH,
        /** In the host's name. */
        VIRTUAL_HOST
    }

    /** Returns the files of a bucket. */
    public static S3Depot bucket(String bucket) {
        requireNonNull(bucket, "bucket");
        return new S3Depot(
                new S3Settings(
                        bucket,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        "",
                        Addressing.PATH,
                        MissingBucket.CREATE,
                        TIMEOUT,
                        ATTEMPTS,
                        LEFTOVERS,
                        S3Settings.PART,
                        S3Settings.LARGEST_COPY),
                System::getenv);
    }

    private S3Depot with(S3Settings changed) {
        return new S3Depot(changed, variables);
    }

    /** Sets the address of the store; without a scheme, https is used. */
    public S3Depot endpoint(String url) {
        requireNonNull(url, "url");
        return with(settings.withEndpoint(url));
    }

    /** Sets the region of the bucket. */
    public S3Depot region(String region) {
        requireNonNull(region, "region");
        return with(settings.withRegion(region));
    }

    /** Sets the credentials. */
    public S3Depot credentials(String accessKeyId, String secretAccessKey) {
        requireNonNull(accessKeyId, "accessKeyId");
        requireNonNull(secretAccessKey, "secretAccessKey");
        return with(settings.withCredentials(new S3Settings.Credentials(accessKeyId, secretAccessKey))
                .withSessionToken(Optional.empty()));
    }

    /** Sets temporary credentials. */
    public S3Depot credentials(String accessKeyId, String secretAccessKey, String sessionToken) {
        requireNonNull(accessKeyId, "accessKeyId");
        requireNonNull(secretAccessKey, "secretAccessKey");
        requireNonNull(sessionToken, "sessionToken");
        return with(settings.withCredentials(new S3Settings.Credentials(accessKeyId, secretAccessKey))
                .withSessionToken(Optional.of(sessionToken)));
    }

    /** Sets the prefix of all keys, which a slash follows. Slashes at its ends are dropped. */
    public S3Depot prefix(String prefix) {
        requireNonNull(prefix, "prefix");
        return with(settings.withPrefix(prefix));
    }

    /** Sets how the bucket is named in requests; by default in the path. */
    public S3Depot addressing(Addressing addressing) {
        requireNonNull(addressing, "addressing");
        return with(settings.withAddressing(addressing));
    }

    /** Sets what happens when the bucket is missing; by default it is created. */
    public S3Depot whenMissing(MissingBucket action) {
        requireNonNull(action, "action");
        return with(settings.withMissing(action));
    }

    /** Sets how long one request may take, with its part of a file; by default a minute. */
    public S3Depot timeout(Duration oneRequest) {
        requireNonNull(oneRequest, "oneRequest");
        return with(settings.withTimeout(oneRequest));
    }

    /** Sets how often a request is attempted in all when it fails for a reason that may pass; by default 4 times. */
    public S3Depot attempts(int times) {
        return with(settings.withAttempts(times));
    }

    /**
     * Sets the age from which unfinished multipart uploads are aborted when the depot is opened: those of programs that
     * were killed while they sent a large file. A week, unless it is said; longer than any file takes.
     */
    public S3Depot leftoversAfter(Duration age) {
        requireNonNull(age, "age");
        return with(settings.withLeftovers(age));
    }

    /** Returns the same with other environment variables. */
    S3Depot variables(Function<String, @Nullable String> others) {
        return new S3Depot(settings, others);
    }

    /** Returns the same with other sizes of parts and of what is copied at once, for tests. */
    S3Depot sizes(int part, long copy) {
        return with(settings.withSizes(part, copy));
    }

    @Override
    public DepotDescription description() {
        S3Settings all = settings.resolved(variables);
        Map<String, Object> identity = new TreeMap<>();
        identity.put("bucket", all.bucket());
        identity.put("region", all.region().orElseThrow());
        identity.put("prefix", all.prefix());
        identity.put("virtualHostedStyle", all.addressing() == Addressing.VIRTUAL_HOST);
        identity.put("autoCreateBucket", all.missing() == MissingBucket.CREATE);
        all.endpoint().ifPresent(url -> identity.put("endpoint", url));
        Map<String, Object> secret = new TreeMap<>();
        all.credentials().ifPresent(key -> {
            secret.put("accessKeyId", key.accessKeyId());
            secret.put("secretAccessKey", key.secretAccessKey());
        });
        all.sessionToken().ifPresent(token -> secret.put("sessionToken", token));
        return new DepotDescription("s3", new LayerDescription.Options(identity, secret));
    }

    @Override
    public Depot open(String name, Environment environment) {
        requireNonNull(name, "name");
        requireNonNull(environment, "environment");
        return OpenS3Depot.open(name, settings.resolved(variables), environment);
    }

    @Override
    public String toString() {
        return "S3Depot[" + settings.address() + "]";
    }
}
