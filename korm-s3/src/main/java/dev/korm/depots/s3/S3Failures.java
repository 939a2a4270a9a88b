package dev.korm.depots.s3;

import dev.korm.KormException;
import dev.korm.OperationInterruptedException;
import dev.korm.Rn;
import dev.korm.StoreException.Outcome;
import dev.korm.depot.DepotException;
import dev.korm.depot.DepotFullException;
import dev.korm.depot.DepotUnavailableException;
import dev.korm.depot.MissingFileException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** The translation of a bucket's failures. */
final class S3Failures {
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int PRECONDITION = 412;
    private static final int RANGE = 416;
    private static final int BUSY = 429;
    private static final int SERVER = 500;
    private static final int UNKNOWN_REQUEST = 501;
    private static final int FULL = 507;

    private final String depot;
    private final String place;

    S3Failures(String depot, String place) {
        this.depot = depot;
        this.place = place;
    }

    static boolean isMissing(SdkException failed) {
        return failed instanceof NoSuchKeyException
                || (status(failed) == NOT_FOUND && !(failed instanceof NoSuchBucketException));
    }

    static boolean isPrecondition(SdkException failed) {
        return status(failed) == PRECONDITION;
    }

    static boolean isConflict(SdkException failed) {
        return status(failed) == CONFLICT;
    }

    /** Returns the error for a thread that was interrupted, whose flag is set again. */
    OperationInterruptedException interrupted(@Nullable Rn<?> rn, Outcome outcome, Throwable cause) {
        Thread.currentThread().interrupt();
        return new OperationInterruptedException(
                rn == null
                        ? "The call of the depot \"" + depot + "\""
                        : "The call for " + rn + " in the depot \"" + depot + "\"",
                outcome,
                cause);
    }

    static boolean isBeyondEnd(SdkException failed) {
        return status(failed) == RANGE;
    }

    /** Returns whether nothing can have happened: the store looked at the request and refused it. */
    static boolean isRefused(SdkException failed) {
        return status(failed) >= 400 && status(failed) < SERVER;
    }

    /** Returns whether the thread's own interrupt ended a request, which the store has not answered. */
    private static boolean isInterrupted(Throwable failed) {
        return failed instanceof AbortedException
                || (Thread.currentThread().isInterrupted() && !(failed instanceof S3Exception));
    }

    private static int status(SdkException failed) {
        return failed instanceof S3Exception answered ? answered.statusCode() : 0;
    }

    MissingFileException missing(Rn<?> rn, @Nullable Throwable cause) {
        return new MissingFileException(
                depot,
                rn,
                rn + " is not in the depot \"" + depot
                        + "\"; check the RN, or ask with find or stat where it may be absent",
                cause);
    }

    KormException reading(@Nullable Rn<?> rn, Throwable failed) {
        return failure(rn, "was not read", failed, Outcome.NOT_APPLIED);
    }

    KormException writing(@Nullable Rn<?> rn, SdkException failed) {
        Outcome outcome = isRefused(failed) ? Outcome.NOT_APPLIED : Outcome.UNKNOWN;
        return failure(
                rn, outcome == Outcome.NOT_APPLIED ? "was not changed" : "may have been changed", failed, outcome);
    }

    /** Returns the failure of a change that has not come so far that anything could have happened. */
    KormException before(@Nullable Rn<?> rn, SdkException failed) {
        return failure(rn, "was not changed", failed, Outcome.NOT_APPLIED);
    }

    /** Returns the failure of a change of which the first steps have happened. */
    KormException halfway(@Nullable Rn<?> rn, SdkException failed) {
        return failure(rn, "may have been changed", failed, Outcome.UNKNOWN);
    }

    private KormException failure(@Nullable Rn<?> rn, String what, Throwable failed, Outcome outcome) {
        if (isInterrupted(failed)) {
            return interrupted(rn, outcome, failed);
        }
        String start = (rn == null ? "The depot \"" + depot + "\"" : rn + " in the depot \"" + depot + "\"") + " "
                + what + ": ";
        int status = failed instanceof SdkException answered ? status(answered) : 0;
        if (failed instanceof NoSuchBucketException) {
            return new DepotException(
                    depot,
                    rn,
                    start + "there is no bucket at " + place + ". Make it, or correct the name",
                    outcome,
                    failed);
        }
        if (status == FORBIDDEN || status == 401) {
            return new DepotException(
                    depot,
                    rn,
                    start + place + " does not allow it. Check the credentials and what they may do",
                    outcome,
                    failed);
        }
        if (status == FULL) {
            return new DepotFullException(depot, rn, start + place + " has no room left", outcome, failed);
        }
        if (status == 0 || status == BUSY || status == CONFLICT || (status >= SERVER && status != UNKNOWN_REQUEST)) {
            return new DepotUnavailableException(
                    depot,
                    rn,
                    start + place
                            + " could not be reached, or did not answer in time. Its message is the cause; try again",
                    outcome,
                    failed);
        }
        return new DepotException(
                depot,
                rn,
                start + place + " refused it with status " + status + ". Its message is the cause",
                outcome,
                failed);
    }
}
