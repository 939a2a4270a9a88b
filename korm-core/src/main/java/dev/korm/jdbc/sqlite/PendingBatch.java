package dev.korm.jdbc.sqlite;

import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A batch that waits to be applied, and what came of it. Written by the thread that has the turn, read by its own after it was woken. */
final class PendingBatch {
    private final Batch batch;
    private final Duration longest;

    private @Nullable BatchResult result;
    private @Nullable Throwable failure;

    /** Whether result or failure is what came of it. Otherwise it is what will have come of it when its transaction is committed. */
    private boolean decided;

    /** @param longest how long each statement may take; zero for as long as it likes */
    PendingBatch(Batch batch, Duration longest) {
        this.batch = batch;
        this.longest = longest;
    }

    Duration longest() {
        return longest;
    }

    Batch batch() {
        return batch;
    }

    /** Keeps what will have come of it after a commit. */
    void keep(@Nullable BatchResult newResult, @Nullable Throwable newFailure) {
        result = newResult;
        failure = newFailure;
    }

    void decideAsKept() {
        decided = true;
    }

    void succeed(BatchResult newResult) {
        keep(newResult, null);
        decided = true;
    }

    /** @param newFailure of this batch alone, since its thread throws it */
    void fail(Throwable newFailure) {
        keep(null, newFailure);
        decided = true;
    }

    /** Forgets what was kept: its transaction was not committed. */
    void forget() {
        keep(null, null);
    }

    boolean isDecided() {
        return decided;
    }

    /** Returns what came of it, or throws it. */
    BatchResult outcome() {
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
        if (result == null) {
            throw new IllegalStateException("A batch was neither applied nor refused");
        }
        return result;
    }
}
