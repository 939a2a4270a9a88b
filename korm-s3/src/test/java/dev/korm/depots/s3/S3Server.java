package dev.korm.depots.s3;

import java.net.URI;
import java.util.UUID;
import org.gaul.s3proxy.junit.S3ProxyExtension;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * A store that speaks S3, one for all tests of the JVM: that of {@code KORM_TEST_S3_ENDPOINT}, with {@code KORM_TEST_S3_ACCESS_KEY_ID},
 * {@code KORM_TEST_S3_SECRET_ACCESS_KEY} and {@code KORM_TEST_S3_BUCKET}, or one that is started here.
 */
public final class S3Server {
    public static final S3Server SHARED = start();

    private final String endpoint;
    private final String id;
    private final String secret;
    private final String bucket;

    private S3Server(String endpoint, String id, String secret, String bucket) {
        this.endpoint = endpoint;
        this.id = id;
        this.secret = secret;
        this.bucket = bucket;
    }

    private static S3Server start() {
        String given = System.getenv("KORM_TEST_S3_ENDPOINT");
        if (given != null) {
            return new S3Server(
                    given,
                    System.getenv("KORM_TEST_S3_ACCESS_KEY_ID"),
                    System.getenv("KORM_TEST_S3_SECRET_ACCESS_KEY"),
                    System.getenv().getOrDefault("KORM_TEST_S3_BUCKET", "korm-test"));
        }
        String id = "test-access-key";
        String secret = "test-secret-key-" + UUID.randomUUID();
        S3ProxyExtension server =
                S3ProxyExtension.builder().withCredentials(id, secret).build();
        try {
            server.beforeEach(null);
        } catch (Exception failed) {
            throw new IllegalStateException("The S3 server does not start", failed);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> server.afterEach(null)));
        return new S3Server(server.getUri().toString(), id, secret, "korm-test");
    }

    public String endpoint() {
        return endpoint;
    }

    public String id() {
        return id;
    }

    public String secret() {
        return secret;
    }

    public String bucket() {
        return bucket;
    }

    /** A depot of its own, empty at first. */
    S3Depot depot() {
        return depot("test-" + UUID.randomUUID());
    }

    /** The depot of a prefix. */
    public S3Depot depot(String prefix) {
        return S3Depot.bucket(bucket).endpoint(endpoint).credentials(id, secret).prefix(prefix);
    }

    /** A client of the SDK's, to look behind a depot. */
    S3Client client() {
        return S3Client.builder()
                .endpointOverride(URI.create(endpoint))
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(id, secret)))
                .build();
    }

    /** Changes a byte in the middle of an object, and none of its metadata. */
    void damage(String key) {
        try (S3Client s3 = client()) {
            HeadObjectResponse head =
                    s3.headObject(request -> request.bucket(bucket).key(key));
            var object = s3.getObjectAsBytes(request -> request.bucket(bucket).key(key));
            byte[] bytes = object.asByteArray();
            bytes[bytes.length / 2] ^= 1;
            s3.putObject(
                    request -> request.bucket(bucket)
                            .key(key)
                            .metadata(head.metadata())
                            .contentType(head.contentType()),
                    RequestBody.fromBytes(bytes));
        }
    }
}
