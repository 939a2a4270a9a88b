package dev.korm.jdbc.session;

import dev.korm.KormException;
import dev.korm.OperationInterruptedException;
import dev.korm.StoreBusyException;
import dev.korm.StoreCorruptException;
import dev.korm.StoreException;
import dev.korm.StoreException.Outcome;
import dev.korm.StoreUnavailableException;
import dev.korm.limit.StatementTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Makes a server's errors korm's, by code and never by text: a subclass knows its database's codes. One for each layer.
 */
public abstract class StoreErrors {
    private final String layer;
    private final String place;

    /**
     * @param layer the layer's name
     * @param place the server and database, as errors name them, without credentials
     */
    protected StoreErrors(String layer, String place) {
        this.layer = layer;
        this.place = place;
    }

    public final String layer() {
        return layer;
    }

    /** Returns the name of the layer and its database in messages. */
    public final String where() {
        return "layer " + layer + " (" + place + ")";
    }

    /** Returns the meaning of a failure to get a connection where nobody interrupted the thread; see {@link #connecting}. */
    protected abstract StoreException unconnected(SQLException error);

    /** Returns the meaning of an error where nobody interrupted the thread; see {@link #translate}. */
    protected abstract KormException meaning(String attempted, SQLException error, Outcome outcome);

    /** Returns the meaning of an error; {@code attempted} completes the sentence "… failed". */
    public final KormException translate(String attempted, SQLException error, Outcome outcome) {
        return translate(attempted, null, error, outcome);
    }

    /**
     * Returns the meaning of an error.
     *
     * @param attempted completes the sentence "… failed"
     * @param collection what was asked for; null where it was about several
     */
    public final KormException translate(
            String attempted, @Nullable String collection, SQLException error, Outcome outcome) {
        if (error instanceof StoppedException stopped) {
            if (stopped.reason() == StoppedException.Reason.TOO_LONG) {
                return new StatementTimeoutException(
                        layer, collection, attempted + " on " + where(), stopped.limit(), outcome, error);
            }
            if (outcome == Outcome.NOT_APPLIED) {
                Thread.currentThread().interrupt();
                return interrupted(attempted, error);
            }
        }
        KormException meaning = meaning(attempted, error, outcome);
        // A change that may have happened stays one whose outcome is unknown, which is looked into.
        return outcome == Outcome.NOT_APPLIED && isInterruption(error, meaning)
                ? interrupted(attempted, error)
                : meaning;
    }

    /** Returns the meaning of a failure to get a connection. */
    public final KormException connecting(SQLException error) {
        StoreException meaning = unconnected(error);
        return isInterruption(error, meaning) ? interrupted("Connecting", error) : meaning;
    }

    /**
     * Returns whether an error is to be told as an interruption, and sees to it that the flag is set. So it is of a wait that was
     * interrupted, and of a virtual thread, whose connection the JDK closes. A call that may succeed when it is made again would
     * not, in a thread that is interrupted.
     */
    private boolean isInterruption(SQLException error, KormException meaning) {
        for (Throwable each = error; each != null; each = each.getCause()) {
            if (each instanceof InterruptedException || each instanceof ClosedByInterruptException) {
                Thread.currentThread().interrupt();
                return true;
            }
        }
        return Thread.currentThread().isInterrupted()
                && (isLost(error) || (meaning instanceof StoreException failure && failure.isRetryable()));
    }

    /** Refuses a call of a thread that is interrupted, also where nothing would have to be waited for. */
    final void checkInterrupted() {
        if (Thread.currentThread().isInterrupted()) {
            throw interrupted("A call", null);
        }
    }

    /** Returns the meaning of what a driver threw, as no driver should, when the change may have been made. */
    public final StoreException unforeseen(String attempted, RuntimeException thrown) {
        return new StoreException(
                layer,
                attempted + " failed on " + where()
                        + ": the driver failed in the middle of it. The change may have happened;"
                        + " see the cause",
                Outcome.UNKNOWN,
                thrown);
    }

    public final OperationInterruptedException interrupted(String attempted, @Nullable Throwable cause) {
        return new OperationInterruptedException(attempted + " on " + where(), Outcome.NOT_APPLIED, cause);
    }

    /** Returns whether another transaction was in the way, so that the same one may succeed when it is run again. */
    public abstract boolean isConflict(SQLException error);

    /** Returns whether the connection was lost, so that it is not known what became of what was sent last. */
    public abstract boolean isLost(SQLException error);

    /** Returns whether the answer to a COMMIT leaves open whether the change is durable, though the connection is not lost. */
    public boolean isUndecided(SQLException error) {
        return false;
    }

    /** Returns whether somebody else made, at the same time, what a schema was to gain. */
    public abstract boolean isMadeTwice(SQLException error);

    /** Returns the beginning of a message about a failure. */
    public final String beginning(String attempted) {
        return attempted + " failed on " + where() + ": ";
    }

    /** Returns the exception for a pool of which no connection came free. */
    public final StoreException allInUse(SQLException error) {
        return busy(
                "Connecting",
                "all connections stayed in use for longer than the pool's timeout. Close streams and transactions"
                        + " when they are done, or allow more connections: by poolSize(…), or in the settings of your own"
                        + " data source",
                Outcome.NOT_APPLIED,
                error);
    }

    public final StoreException conflict(String attempted, Outcome outcome, SQLException error) {
        return busy(attempted, "other transactions were in the way each time. Try again", outcome, error);
    }

    public final StoreException noConnectionLeft(String attempted, Outcome outcome, SQLException error) {
        return busy(
                attempted,
                "the server has no connection left. Try again, or allow fewer in each program: by poolSize(…), or in"
                        + " the settings of your own data source",
                outcome,
                error);
    }

    public final StoreException unreachable(String attempted, Outcome outcome, SQLException error) {
        return unavailable(
                attempted,
                "the server cannot be reached, or closed the connection. Check that it runs and that"
                        + " host and port are right",
                outcome,
                error);
    }

    public final StoreException wrongUser(String attempted, Outcome outcome, SQLException error) {
        return unavailable(attempted, "the server refused the user or password. Check both", outcome, error);
    }

    public final StoreException noDatabase(String attempted, Outcome outcome, SQLException error) {
        return unavailable(attempted, "there is no such database. Create it, or check its name", outcome, error);
    }

    private StoreException busy(String attempted, String reason, Outcome outcome, SQLException error) {
        return new StoreBusyException(layer, beginning(attempted) + reason, outcome, error);
    }

    private StoreException unavailable(String attempted, String reason, Outcome outcome, SQLException error) {
        return new StoreUnavailableException(layer, beginning(attempted) + reason, outcome, error);
    }

    public final StoreException damaged(String attempted, Outcome outcome, SQLException error) {
        return new StoreCorruptException(
                layer, beginning(attempted) + "the database is damaged. Restore the last good backup", outcome, error);
    }
}
