package dev.korm.kalam;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** Waiting for what comes over a connection, which looks every few milliseconds: at Awaitility's tenth of a second most of a test's time would be that. */
public final class Polling {
    private static final Duration INTERVAL = Duration.ofMillis(5);

    private Polling() {}

    /** Returns a wait that begins with a look. */
    public static ConditionFactory await() {
        return Awaitility.await().pollDelay(Duration.ZERO).pollInterval(INTERVAL);
    }
}
