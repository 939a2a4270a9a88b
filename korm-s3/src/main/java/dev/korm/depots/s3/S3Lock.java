package dev.korm.depots.s3;

import dev.korm.Rn;
import dev.korm.StoreException.Outcome;
import dev.korm.depot.DepotUnavailableException;
import dev.korm.depots.support.Interrupts;
import dev.korm.spi.depot.Digesting;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * The turn to replace one file, among all programs that use a bucket. Held by one thread while it looks at the file and replaces it in
 * one request, never while bytes are sent.
 *
 * <p>It is an object that is made only where there is none, which one of many succeeds in. The turn of a program that died ends by
 * time: after the lease the next makes an object of the next number, and looks once more at the one before. Whoever holds a turn
 * begins nothing after a quarter of the lease, and lets no request run longer than another quarter; so by the time at which
 * somebody takes the turn over, its requests have been over for half of it. Time is measured by each holder itself from before it
 * asked, and by those who wait with the store's clock alone.
 */
final class S3Lock implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.depots");

    private static final String TURNS = "turns";
    private static final int MOST = 1000;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(5);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);
    /** Times of objects are in whole seconds. */
    private static final Duration CLOCK = Duration.ofSeconds(2);

    private final S3Bucket bucket;
    private final Rn<?> file;
    private final String own;
    private final Duration request;
    private int number = 1;
    private long begun;

    private S3Lock(S3Bucket bucket, Rn<?> file) {
        this.bucket = bucket;
        this.file = file;
        this.own = bucket.newPut();
        this.request = bucket.settings().timeout();
    }

    /** A turn that somebody has. */
    private record Turn(String holder, Duration age) {}

    /**
     * Waits for the turn.
     *
     * @throws DepotUnavailableException when others have it for longer than a request may take
     */
    static S3Lock of(S3Bucket bucket, Rn<?> file) {
        S3Lock lock = new S3Lock(bucket, file);
        try {
            lock.take();
        } catch (SdkException failed) {
            throw bucket.failures().before(file, failed);
        }
        return lock;
    }

    private void take() {
        long deadline = bucket.environment().nanoTime() + request.toNanos();
        Duration pause = FIRST_PAUSE;
        String before = "";
        while (true) {
            begun = bucket.environment().nanoTime();
            if (make()) {
                if (number == 1 || isOf(number - 1, before)) {
                    return;
                }
                // The one before ended its turn after all, and others may have begun theirs.
                bucket.s3().deleteObject(it -> it.bucket(bucket.name()).key(key(number)));
                number = 1;
                continue;
            }
            Turn turn = look(number);
            if (turn == null) {
                requireTime(deadline);
                number = 1;
            } else if (turn.age().compareTo(lease()) > 0 && number < MOST) {
                before = turn.holder();
                number++;
            } else {
                pause = pause(pause, deadline);
                number = 1;
            }
        }
    }

    private Duration lease() {
        return request.multipliedBy(4).plus(CLOCK);
    }

    private void requireTime(long deadline) {
        if (bucket.environment().nanoTime() >= deadline) {
            throw new DepotUnavailableException(
                    bucket.depot(),
                    file,
                    file + " in the depot \"" + bucket.depot()
                            + "\" was not changed: another program has been replacing"
                            + " it for " + request.toSeconds() + " s, or died while it did. Try again; after "
                            + lease().toSeconds() + " s its turn is over",
                    Outcome.NOT_APPLIED,
                    null);
        }
    }

    private Duration pause(Duration pause, long deadline) {
        requireTime(deadline);
        try {
            bucket.environment().sleep(pause);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw bucket.failures().interrupted(file, Outcome.NOT_APPLIED, interrupted);
        }
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    }

    private String key(int turn) {
        byte[] name = Digesting.sha256().digest(file.toString().getBytes(StandardCharsets.UTF_8));
        return bucket.objects().own(TURNS, HexFormat.of().formatHex(name), Integer.toString(turn));
    }

    private boolean make() {
        try {
            bucket.s3()
                    .putObject(
                            it -> it.bucket(bucket.name())
                                    .key(key(number))
                                    .metadata(Map.of(S3Objects.PUT, own))
                                    .ifNoneMatch("*"),
                            RequestBody.empty());
            return true;
        } catch (SdkException failed) {
            if (S3Failures.isPrecondition(failed) || S3Failures.isConflict(failed)) {
                // An answer that got lost makes the SDK ask again, and be refused for what the first request did.
                return isOf(number, own);
            }
            throw failed;
        }
    }

    private boolean isOf(int turn, String holder) {
        Turn there = look(turn);
        return there != null && there.holder().equals(holder);
    }

    private @Nullable Turn look(int turn) {
        try {
            HeadObjectResponse head =
                    bucket.s3().headObject(it -> it.bucket(bucket.name()).key(key(turn)));
            Duration age =
                    head.lastModified() == null ? Duration.ZERO : Duration.between(head.lastModified(), now(head));
            return new Turn(head.metadata().getOrDefault(S3Objects.PUT, ""), age);
        } catch (SdkException failed) {
            if (S3Failures.isMissing(failed)) {
                return null;
            }
            throw failed;
        }
    }

    /** Returns the store's time; this machine's where the store does not tell it. */
    private Instant now(HeadObjectResponse head) {
        try {
            return head.sdkHttpResponse()
                    .firstMatchingHeader("Date")
                    .map(date -> ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant())
                    .orElseGet(bucket.environment().clock()::instant);
        } catch (DateTimeParseException untold) {
            return bucket.environment().clock().instant();
        }
    }

    /**
     * Returns how long the request may take that replaces the file.
     *
     * @throws DepotUnavailableException when too much of the turn is over to begin one
     */
    Duration timeForRequest() {
        if (elapsed().compareTo(request) > 0) {
            throw new DepotUnavailableException(
                    bucket.depot(),
                    file,
                    file + " in the depot \"" + bucket.depot() + "\" was not changed: the store took longer than "
                            + request.toSeconds() + " s to say what is there. Try again",
                    Outcome.NOT_APPLIED,
                    null);
        }
        return request;
    }

    private Duration elapsed() {
        return Duration.ofNanos(bucket.environment().nanoTime() - begun);
    }

    /** Ends the turn; not so late that it could be another's by the time at which the store hears of it. */
    @Override
    public void close() {
        if (elapsed().compareTo(request.multipliedBy(2)) > 0) {
            return;
        }
        try {
            // From the first on: who comes in between finds a later one, and waits.
            Interrupts.shielded(() -> {
                for (int turn = 1; turn <= number; turn++) {
                    String key = key(turn);
                    bucket.s3().deleteObject(it -> it.bucket(bucket.name())
                            .key(key)
                            .overrideConfiguration(call -> call.apiCallTimeout(request)));
                }
            });
        } catch (SdkException failed) {
            // It ends by time.
            LOG.debug("The turn to replace {} ends by time", file, failed);
        }
    }
}
