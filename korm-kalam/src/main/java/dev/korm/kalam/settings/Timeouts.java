package dev.korm.kalam.settings;

import static dev.korm.kalam.error.KalamNullException.requireNonNull;

import java.time.Duration;

/**
 * Time limits of a client.
 *
 * @param connect for a TCP connection and TLS
 * @param request for a request with its answer, unless the request says otherwise
 * @param upload for a request with files
 * @param subscribe for the answer to a subscription
 * @param auth for the WebSocket's authentication
 */
public record Timeouts(Duration connect, Duration request, Duration upload, Duration subscribe, Duration auth) {
    private static final Duration LONGEST = Duration.ofDays(1);

    /** Checks that each is more than nothing and less than a day. */
    public Timeouts {
        requireNonNull(connect, "connect");
        requireNonNull(request, "request");
        requireNonNull(upload, "upload");
        requireNonNull(subscribe, "subscribe");
        requireNonNull(auth, "auth");
        for (Duration each : new Duration[] {connect, request, upload, subscribe, auth}) {
            check(each);
        }
    }

    /** Returns the limit, if it is one. */
    public static Duration check(Duration limit) {
        requireNonNull(limit, "limit");
        if (limit.isZero() || limit.isNegative() || limit.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("A time limit is more than nothing and at most a day: " + limit);
        }
        return limit;
    }

    /** Returns the limits of a client that says nothing: 10 s to connect, 30 s for a request, 5 min for files. */
    public static Timeouts standard() {
        return new Timeouts(
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                Duration.ofMinutes(5),
                Duration.ofSeconds(10),
                Duration.ofSeconds(5));
    }

    /** Returns short limits, for a server nearby. */
    public static Timeouts fast() {
        return new Timeouts(
                Duration.ofSeconds(2),
                Duration.ofSeconds(5),
                Duration.ofMinutes(1),
                Duration.ofSeconds(2),
                Duration.ofSeconds(2));
    }

    /** Returns long limits, for a slow network. */
    public static Timeouts relaxed() {
        return new Timeouts(
                Duration.ofSeconds(30),
                Duration.ofMinutes(2),
                Duration.ofMinutes(30),
                Duration.ofSeconds(30),
                Duration.ofSeconds(20));
    }

    /** Returns these with another limit for requests. */
    public Timeouts withRequest(Duration limit) {
        requireNonNull(limit, "limit");
        return new Timeouts(connect, limit, upload, subscribe, auth);
    }
}
