package dev.korm.kalam.consumer;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Acknowledgements that a consumer makes by itself, each of the newest message that was handled, which stands for all before. Without an interval at once, else
 * when so much time has passed since the last time, and when the consumer stops. Used by one thread.
 */
final class AutoAck {
    private final @Nullable Duration interval;
    private long last = System.nanoTime();
    private @Nullable MessageContext handled;

    AutoAck(@Nullable Duration interval) {
        this.interval = interval;
    }

    void handled(MessageContext message) {
        handled = message;
        ackIfDue();
    }

    void ackIfDue() {
        if (interval == null || System.nanoTime() - last >= interval.toNanos()) {
            ack();
        }
    }

    /** Returns how long it takes until it is due, at most the given time. */
    Duration untilDue(Duration most) {
        if (interval == null || handled == null) {
            return most;
        }
        Duration left = interval.minusNanos(System.nanoTime() - last);
        if (left.isNegative()) {
            return Duration.ZERO;
        }
        return left.compareTo(most) < 0 ? left : most;
    }

    void ack() {
        MessageContext newest = handled;
        if (newest != null) {
            newest.ack();
            handled = null;
        }
        last = System.nanoTime();
    }
}
