package dev.korm.depots.s3;

import dev.korm.ConfigurationException;
import dev.korm.depots.s3.S3Depot.Addressing;
import dev.korm.depots.s3.S3Depot.MissingBucket;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The address and the settings of a bucket.
 *
 * @param leftovers how old an upload is that somebody has begun and will not end
 * @param part bytes of a part of an upload at first; later ones are larger
 * @param largestCopy bytes that one request copies
 */
record S3Settings(
        String bucket,
        Optional<String> endpoint,
        Optional<String> region,
        Optional<Credentials> credentials,
        Optional<String> sessionToken,
        String prefix,
        Addressing addressing,
        MissingBucket missing,
        Duration timeout,
        int attempts,
        Duration leftovers,
        int part,
        long largestCopy) {
    static final int PART = 8 * 1024 * 1024;
    static final long LARGEST_COPY = 5L * 1024 * 1024 * 1024;

    private static final String DEFAULT_REGION = "us-east-1";

    /** The credentials of a user. Shows nothing of itself. */
    record Credentials(String accessKeyId, String secretAccessKey) {
        @Override
        public String toString() {
            return "Credentials[hidden]";
        }
    }

    S3Settings {
        if (bucket.isBlank()) {
            throw new ConfigurationException("A depot in S3 needs the name of its bucket");
        }
        if (timeout.isNegative() || timeout.isZero() || attempts < 1) {
            throw new ConfigurationException("A request to S3 is made at least once, and takes some time");
        }
        if (leftovers.isNegative() || leftovers.isZero()) {
            throw new ConfigurationException(
                    "Leftovers are removed after some time; an upload is one while it is sent");
        }
    }

    S3Settings withEndpoint(String url) {
        String whole = url.contains("://") ? url : "https://" + url;
        URI uri;
        try {
            uri = URI.create(whole);
        } catch (IllegalArgumentException malformed) {
            // Its message would show the text, and credentials may stand in it.
            throw new ConfigurationException("The endpoint of the bucket " + bucket + " is not a URL");
        }
        if (uri.getUserInfo() != null) {
            throw new ConfigurationException(
                    "The endpoint of the bucket " + bucket + " has a user in it; give the key by credentials(…)");
        }
        return with(all -> all.endpoint = Optional.of(whole));
    }

    S3Settings withRegion(String name) {
        return with(all -> all.region = Optional.of(name));
    }

    S3Settings withCredentials(Credentials key) {
        return with(all -> all.credentials = Optional.of(key));
    }

    S3Settings withSessionToken(Optional<String> token) {
        return with(all -> all.sessionToken = token);
    }

    S3Settings withPrefix(String text) {
        return with(all -> all.prefix = text.replaceAll("^/+|/+$", ""));
    }

    S3Settings withAddressing(Addressing style) {
        return with(all -> all.addressing = style);
    }

    S3Settings withMissing(MissingBucket action) {
        return with(all -> all.missing = action);
    }

    S3Settings withTimeout(Duration one) {
        return with(all -> all.timeout = one);
    }

    S3Settings withAttempts(int times) {
        return with(all -> all.attempts = times);
    }

    S3Settings withLeftovers(Duration age) {
        return with(all -> all.leftovers = age);
    }

    S3Settings withSizes(int bytes, long copy) {
        return with(all -> {
            all.part = bytes;
            all.largestCopy = copy;
        });
    }

    private S3Settings with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.settings();
    }

    /** The settings while one of them is changed. */
    private static final class Draft {
        private final String bucket;
        private Optional<String> endpoint;
        private Optional<String> region;
        private Optional<Credentials> credentials;
        private Optional<String> sessionToken;
        private String prefix;
        private Addressing addressing;
        private MissingBucket missing;
        private Duration timeout;
        private int attempts;
        private Duration leftovers;
        private int part;
        private long largestCopy;

        Draft(S3Settings from) {
            this.bucket = from.bucket;
            this.endpoint = from.endpoint;
            this.region = from.region;
            this.credentials = from.credentials;
            this.sessionToken = from.sessionToken;
            this.prefix = from.prefix;
            this.addressing = from.addressing;
            this.missing = from.missing;
            this.timeout = from.timeout;
            this.attempts = from.attempts;
            this.leftovers = from.leftovers;
            this.part = from.part;
            this.largestCopy = from.largestCopy;
        }

        S3Settings settings() {
            return new S3Settings(
                    bucket,
                    endpoint,
                    region,
                    credentials,
                    sessionToken,
                    prefix,
                    addressing,
                    missing,
                    timeout,
                    attempts,
                    leftovers,
                    part,
                    largestCopy);
        }
    }

    /** Returns the settings with what is missing taken from environment variables. */
    S3Settings resolved(Function<String, @Nullable String> variables) {
        S3Settings all = this;
        Optional<String> url = endpoint.or(() -> variable(variables, "ENDPOINT"));
        if (url.isPresent()) {
            all = all.withEndpoint(url.get());
        }
        all = all.withRegion(region.or(() -> variable(variables, "REGION")).orElse(DEFAULT_REGION));
        if (credentials.isEmpty()) {
            Optional<String> id = variable(variables, "ACCESS_KEY_ID");
            Optional<String> secret = variable(variables, "SECRET_ACCESS_KEY");
            if (id.isPresent() && secret.isPresent()) {
                all = all.withCredentials(new Credentials(id.get(), secret.get()));
                Optional<String> token = sessionToken.or(() -> variable(variables, "SESSION_TOKEN"));
                if (token.isPresent()) {
                    all = all.withSessionToken(token);
                }
            }
        }
        return all;
    }

    private static Optional<String> variable(Function<String, @Nullable String> variables, String name) {
        for (String origin : new String[] {"S3_", "AWS_"}) {
            String value = variables.apply(origin + name);
            if (value != null && !value.isBlank()) {
                return Optional.of(value.strip());
            }
        }
        return Optional.empty();
    }

    /** Returns the place for people, without credentials. */
    String address() {
        return endpoint.map(url -> url + "/").orElse("s3://") + bucket + (prefix.isEmpty() ? "" : "/" + prefix);
    }

    @Override
    public String toString() {
        return "S3Settings[" + address() + "]";
    }
}
