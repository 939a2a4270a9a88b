package dev.korm.jdbc.session;

import dev.korm.jdbc.session.StoppedException.Reason;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The call of a driver that a session is waiting for, as its {@link StatementWatch} sees it.
 *
 * <p><b>Who owns what.</b> The thread that uses the session begins and ends calls; the watch looks, on its own thread, and measures how long a statement has been waited for. What
 * is stopped is what was looked at: a call cannot end, and so no other begin, while the watch is stopping it.
 */
final class RunningStatement {
    private static final int IDLE = 0;
    private static final int RUNNING = 1;
    private static final int STOPPING = 2;
    private static final int STOPPED = 3;

    /** So much later is a statement stopped from here that the store itself should have ended. */
    private static final long GRACE = 1_000_000_000L;

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(RunningStatement.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("UnusedVariable") // It is read and written by its handle.
    private volatile int state;

    // Written before the state becomes RUNNING, by the thread that uses the session.
    private @Nullable Thread thread;
    private @Nullable Connection connection;
    private @Nullable PreparedStatement statement;
    private long limit;
    private boolean byStore;
    private boolean interruptible;
    private int number;

    /** Written before the state becomes STOPPED, by the watch. */
    private @Nullable Reason reason;

    // The watch's alone.
    private int seen;
    private long waited;

    /** Names the statement that is waited for from now on. */
    void of(Connection on, PreparedStatement prepared, long limitNanos, boolean limitedByStore, boolean mayBeStopped) {
        connection = on;
        statement = prepared;
        limit = limitNanos;
        byStore = limitedByStore;
        interruptible = mayBeStopped;
        number++;
    }

    /** Begins to wait for the statement, at first or for more of its rows. */
    void begin() {
        thread = Thread.currentThread();
        STATE.setVolatile(this, RUNNING);
    }

    /** Ends the wait, and returns why the statement was stopped; null where it was not. */
    @Nullable Reason end() {
        while (!STATE.compareAndSet(this, RUNNING, IDLE)) {
            if ((int) STATE.getVolatile(this) == STOPPED) {
                Reason why = reason;
                STATE.setVolatile(this, IDLE);
                return why;
            }
            Thread.onSpinWait();
        }
        return null;
    }

    boolean isRunning() {
        return (int) STATE.getVolatile(this) == RUNNING;
    }

    /**
     * Looks whether it has to be stopped, and stops it.
     *
     * @param since nanoseconds since the last look
     * @return whether something is waited for
     */
    boolean look(long since, StatementStops stops) {
        if (!isRunning()) {
            return false;
        }
        int now = number;
        if (now != seen) {
            seen = now;
            waited = 0;
        } else {
            waited += since;
        }
        Thread waiting = thread;
        boolean late = limit > 0 && waited >= limit + (byStore ? GRACE : 0);
        boolean stopped = interruptible && waiting != null && waiting.isInterrupted();
        if ((late || stopped) && STATE.compareAndSet(this, RUNNING, STOPPING)) {
            boolean done = false;
            try {
                done = now == number && waiting == thread && stop(stops);
            } finally {
                reason = stopped ? Reason.INTERRUPTED : Reason.TOO_LONG;
                STATE.setVolatile(this, done ? STOPPED : RUNNING);
            }
        }
        return true;
    }

    /** Stops it; false where the store could not be told. */
    boolean stop(StatementStops stops) {
        Connection on = connection;
        PreparedStatement what = statement;
        if (on == null || what == null) {
            return false;
        }
        try {
            stops.stop(on, what);
            return true;
        } catch (SQLException | RuntimeException e) {
            // The store cannot be told; it is tried again at the next look.
            return false;
        }
    }
}
