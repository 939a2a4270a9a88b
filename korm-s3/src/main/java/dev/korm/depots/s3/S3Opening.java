package dev.korm.depots.s3;

import dev.korm.depots.s3.S3Depot.Addressing;
import dev.korm.depots.s3.S3Depot.MissingBucket;
import dev.korm.spi.depot.DepotCapabilities.Conditional;
import java.net.URI;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.BucketAlreadyOwnedByYouException;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * Makes the clients of a bucket, and finds out what its store can do.
 *
 * <p>The HTTP client is Apache's: its connections are its own, with a bound, and end when the depot is closed. Those of the JDK's
 * {@code URLConnection} belong to the whole JVM and outlive the depot.
 */
final class S3Opening {
    /** Requests and open files at the same moment. */
    static final int CONNECTIONS = 64;

    private static final Duration CONNECT = Duration.ofSeconds(10);

    private S3Opening() {}

    static S3Client client(S3Settings settings) {
        var builder = S3Client.builder()
                .region(Region.of(settings.region().orElseThrow()))
                .credentialsProvider(credentials(settings))
                .serviceConfiguration(style(settings))
                // Checksums that not every store knows are sent only where S3 demands them; korm has its own.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .httpClientBuilder(new S3HttpClient.Builder(Apache5HttpClient.builder()
                        .maxConnections(CONNECTIONS)
                        .connectionTimeout(CONNECT)
                        .connectionAcquisitionTimeout(settings.timeout())
                        .socketTimeout(settings.timeout())))
                .overrideConfiguration(all -> all.apiCallAttemptTimeout(settings.timeout())
                        .retryStrategy(StandardRetryStrategy.builder()
                                .maxAttempts(settings.attempts())
                                .build()));
        settings.endpoint().ifPresent(url -> builder.endpointOverride(URI.create(url)));
        return builder.build();
    }

    static S3Presigner presigner(S3Settings settings) {
        var builder = S3Presigner.builder()
                .region(Region.of(settings.region().orElseThrow()))
                .credentialsProvider(credentials(settings))
                .serviceConfiguration(style(settings));
        settings.endpoint().ifPresent(url -> builder.endpointOverride(URI.create(url)));
        return builder.build();
    }

    private static S3Configuration style(S3Settings settings) {
        return S3Configuration.builder()
                .pathStyleAccessEnabled(settings.addressing() == Addressing.PATH)
                .build();
    }

    private static AwsCredentialsProvider credentials(S3Settings settings) {
        if (settings.credentials().isEmpty()) {
            return DefaultCredentialsProvider.builder().build();
        }
        S3Settings.Credentials key = settings.credentials().get();
        return StaticCredentialsProvider.create(
                settings.sessionToken().isPresent()
                        ? AwsSessionCredentials.create(
                                key.accessKeyId(),
                                key.secretAccessKey(),
                                settings.sessionToken().get())
                        : AwsBasicCredentials.create(key.accessKeyId(), key.secretAccessKey()));
    }

    /** Makes the bucket where it is missing and wanted. */
    static void requireBucket(S3Client s3, S3Settings settings, S3Failures failures) {
        try {
            s3.listObjectsV2(request -> request.bucket(settings.bucket()).maxKeys(1));
        } catch (NoSuchBucketException missing) {
            if (settings.missing() == MissingBucket.FAIL) {
                throw failures.reading(null, missing);
            }
            create(s3, settings, failures);
        } catch (SdkException failed) {
            throw failures.reading(null, failed);
        }
    }

    private static void create(S3Client s3, S3Settings settings, S3Failures failures) {
        String region = settings.region().orElseThrow();
        try {
            s3.createBucket(request -> {
                request.bucket(settings.bucket());
                if (!region.equals("us-east-1")) {
                    request.createBucketConfiguration(where -> where.locationConstraint(region));
                }
            });
        } catch (BucketAlreadyOwnedByYouException made) {
            return;
        } catch (SdkException failed) {
            if (!S3Failures.isConflict(failed)) {
                throw failures.writing(null, failed);
            }
        }
    }

    /**
     * Returns the conditions that the store honours, found by trying them: some stores refuse the headers, and some
     * ignore them.
     *
     * @param key of an object that is made and deleted
     */
    static Set<Conditional> conditions(S3Client s3, String bucket, String key) {
        Set<Conditional> kept = EnumSet.noneOf(Conditional.class);
        try {
            s3.putObject(request -> request.bucket(bucket).key(key), RequestBody.fromString("probe"));
        } catch (SdkException readOnly) {
            return kept;
        }
        try {
            if (isRefused(() -> s3.putObject(
                    request -> request.bucket(bucket).key(key).ifNoneMatch("*"), RequestBody.fromString("again")))) {
                kept.add(Conditional.IF_ABSENT);
                // What it needs beyond that, S3Lock makes of it.
                kept.add(Conditional.IF_NEWER);
            }
            if (isRefused(() -> s3.putObject(
                    request -> request.bucket(bucket).key(key).ifMatch("\"00000000000000000000000000000000\""),
                    RequestBody.fromString("again")))) {
                kept.add(Conditional.IF_VERSION);
            }
            return kept;
        } finally {
            s3.deleteObject(request -> request.bucket(bucket).key(key));
        }
    }

    private static boolean isRefused(Runnable put) {
        try {
            put.run();
            return false;
        } catch (SdkException refused) {
            return S3Failures.isPrecondition(refused);
        }
    }
}
