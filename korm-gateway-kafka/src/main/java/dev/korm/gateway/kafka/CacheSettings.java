package dev.korm.gateway.kafka;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.ConfigurationException;
import java.time.Duration;
import java.util.Optional;

/**
 * Says where the hot cache is: a Redis, or a server that speaks its protocol. Immutable.
 *
 * @param host the host
 * @param port the port
 * @param password empty for none
 * @param prefix with which all keys begin
 * @param diffs how many changes in binary form are kept of one query, the newest
 * @param retention after which time without change a query's rows and changes are forgotten; zero for never
 * @param timeout how long a command may take
 */
public record CacheSettings(
        String host,
        int port,
        Optional<String> password,
        String prefix,
        int diffs,
        Duration retention,
        Duration timeout) {
    public CacheSettings {
        requireNonNull(host, "host");
        requireNonNull(password, "password");
        requireNonNull(prefix, "prefix");
        if (diffs < 1 || retention.isNegative() || timeout.isNegative() || timeout.isZero()) {
            throw new ConfigurationException(
                    "The cache keeps 1 change or more, for no negative time, and answers within some time");
        }
    }

    /** Returns the settings of this server, with the protocol's prefix and bounds, and two seconds for a command. */
    public static CacheSettings at(String host, int port) {
        return new CacheSettings(
                host, port, Optional.empty(), "hcache:", 5_000, Duration.ofMinutes(10), Duration.ofSeconds(2));
    }

    /** Returns the same with a password. */
    public CacheSettings withPassword(String secret) {
        return new CacheSettings(host, port, Optional.of(secret), prefix, diffs, retention, timeout);
    }

    /** Returns the same with another prefix. */
    public CacheSettings withPrefix(String begin) {
        return new CacheSettings(host, port, password, begin, diffs, retention, timeout);
    }

    /** Returns the same with another number of changes that are kept. */
    public CacheSettings withDiffs(int most) {
        return new CacheSettings(host, port, password, prefix, most, retention, timeout);
    }

    /** Returns the same with another time after which a query is forgotten; zero for never. */
    public CacheSettings withRetention(Duration time) {
        return new CacheSettings(host, port, password, prefix, diffs, time, timeout);
    }

    /** Returns the same with another time that a command may take. */
    public CacheSettings withTimeout(Duration time) {
        return new CacheSettings(host, port, password, prefix, diffs, retention, time);
    }

    /** Returns the settings without the password. */
    @Override
    public String toString() {
        return "CacheSettings[" + host + ":" + port + ", prefix " + prefix + "]";
    }
}
