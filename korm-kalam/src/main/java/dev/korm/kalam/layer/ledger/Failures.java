package dev.korm.kalam.layer.ledger;

import dev.korm.KormException;
import dev.korm.OperationInterruptedException;
import dev.korm.StoreBusyException;
import dev.korm.StoreException;
import dev.korm.StoreException.Outcome;
import dev.korm.StoreUnavailableException;
import dev.korm.kalam.error.KalamAuthException;
import dev.korm.kalam.error.KalamConnectionException;
import dev.korm.kalam.error.KalamException;
import dev.korm.kalam.error.KalamHttpException;
import dev.korm.kalam.error.KalamTimeoutException;

/** Makers of korm's errors from those of the client. */
final class Failures {
    static final int TOO_MANY = 429;
    private static final int SERVER = 500;

    private Failures() {}

    /** Returns korm's error. */
    static KormException of(String layer, String attempt, Outcome outcome, KalamException failed) {
        if (failed instanceof KalamTimeoutException && Thread.currentThread().isInterrupted()) {
            return new OperationInterruptedException(
                    "The attempt to " + attempt + " on layer " + layer, outcome, failed);
        }
        String what = "Layer \"" + layer + "\" cannot " + attempt + ": ";
        if (failed instanceof KalamAuthException) {
            return new StoreUnavailableException(
                    layer,
                    what
                            + "KalamDB refuses the user. Give one of the role service and his password; to make a namespace, one of the role dba",
                    outcome,
                    failed);
        }
        if (failed instanceof KalamConnectionException || failed instanceof KalamTimeoutException) {
            return new StoreUnavailableException(
                    layer, what + "KalamDB did not answer. Look after the server, then try again", outcome, failed);
        }
        if (failed instanceof KalamHttpException refused) {
            if (refused.status() == TOO_MANY) {
                return new StoreBusyException(
                        layer,
                        what + "KalamDB takes no more requests of this user now. Try again later",
                        outcome,
                        failed);
            }
            if (refused.status() >= SERVER) {
                return new StoreUnavailableException(
                        layer,
                        what + "KalamDB answered " + refused.code() + ". Look after the server",
                        outcome,
                        failed);
            }
        }
        return new StoreException(layer, what + "KalamDB refused it. See the cause", outcome, failed);
    }
}
