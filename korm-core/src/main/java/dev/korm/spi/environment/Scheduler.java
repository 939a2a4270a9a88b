package dev.korm.spi.environment;

import java.time.Duration;

/** Runs work later, on a thread that does not keep the program from ending. Safe for many threads; whoever made it closes it. */
public interface Scheduler extends AutoCloseable {
    /** Runs work once, not before a delay has passed. It must not throw. */
    Task after(Duration delay, Runnable work);

    /** Drops what has not begun. Twice is fine. */
    @Override
    void close();

    /** Work that is to be run. */
    interface Task {
        /** Drops it, unless it has begun or was run. */
        void cancel();
    }
}
