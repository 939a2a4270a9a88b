package dev.korm.engine.commit;

import dev.korm.engine.layer.OpenLayer;
import dev.korm.spi.BatchResult;
import org.jspecify.annotations.Nullable;

/** A change that waits to be committed, and what came of it. Written by the thread that works, read by its own when it is decided. */
final class PendingCommit {
    private final AtomicChange change;
    private AtomicCommits.@Nullable Result outcome;
    private @Nullable Throwable failure;

    /** Whether an attempt may have got as far as the coordinator's commit. Written before that. */
    private volatile boolean reachedDecision;

    PendingCommit(AtomicChange change) {
        this.change = change;
    }

    AtomicChange change() {
        return change;
    }

    boolean reachedDecision() {
        return reachedDecision;
    }

    void reachDecision() {
        reachedDecision = true;
    }

    void succeed(BatchResult result) {
        outcome = new AtomicCommits.Result(null, result);
    }

    void refuse(OpenLayer layer, BatchResult.Refused refused) {
        outcome = new AtomicCommits.Result(layer, refused);
    }

    /** @param cause of this change alone, since its thread throws it */
    void fail(Throwable cause) {
        failure = cause;
    }

    boolean isDecided() {
        return outcome != null || failure != null;
    }

    /** Returns what came of it, or throws it. */
    AtomicCommits.Result outcome() {
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
        if (outcome == null) {
            throw new IllegalStateException("A change was neither stored nor refused");
        }
        return outcome;
    }
}
