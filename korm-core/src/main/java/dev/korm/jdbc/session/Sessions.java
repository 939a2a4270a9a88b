package dev.korm.jdbc.session;

import dev.korm.ClosedException;
import dev.korm.StoreException.Outcome;
import dev.korm.jdbc.session.Connections.State;
import dev.korm.spi.limit.StatementLimit;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Sessions over a layer's connections. Safe for many threads.
 *
 * <p><b>Life of a session.</b> {@link #take} lends it to one caller, who alone uses it until {@link #release}. In between whoever gets an exception
 * tells the session ({@link Session#failed(Throwable)}), since the session cannot see what was thrown at its caller.
 *
 * <p><b>What holds after a release.</b> A connection goes back with no transaction open and with auto-commit on. Where that cannot be had, or
 * the session is broken, or what failed first says that the connection was lost, it is given back as {@link State#LOST} and never
 * lent again. So nobody finds another's transaction or its locks.
 *
 * <p><b>The end.</b> {@link #markClosed} has every later call refused; {@link #close} then ends connections that are in use too, and whoever
 * reads or writes on one is told that the layer was closed.
 */
public final class Sessions {
    private final String layer;
    private final Connections connections;
    private final StoreErrors errors;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final StatementTap tap = new StatementTap();
    private final StatementWatch watch;
    private volatile Duration longest = Duration.ZERO;

    /** Null where nobody wants to know. */
    private volatile @Nullable Runnable used;

    public Sessions(String layer, Connections connections, StoreErrors errors, StatementWatch watch) {
        this.layer = layer;
        this.connections = connections;
        this.errors = errors;
        this.watch = watch;
    }

    /** Says how long a statement may take; zero for as long as it likes. */
    public void limitStatements(Duration limit) {
        longest = limit;
    }

    /** Has somebody told when a session has been used for more than a selection ({@link Session#selects}), before whoever used it has its answer. */
    public void tellOfUse(Runnable listener) {
        used = listener;
    }

    /** Work on a session. */
    public interface Work<T> {
        T run(Session session) throws SQLException;
    }

    /** @param timeout seconds after which a statement is cancelled; 0 for none */
    public Session take(int timeout) {
        StackReserve.require();
        return take(timeout, true, connections::take);
    }

    /**
     * Takes a session for a change, of a caller that has {@linkplain StackReserve looked} whether there is stack enough for all of it.
     *
     * @param timeout seconds after which a statement is cancelled; 0 for none
     */
    public Session takeForChange(int timeout) {
        return take(timeout, true, connections::takeForChange);
    }

    /** Returns whether they can be within a transaction of somebody else. */
    public boolean mayBeSurrounded() {
        return connections.mayBeSurrounded();
    }

    /** Returns whether what the thread changes is to be stored with a transaction around its work. */
    public boolean areSurrounded() {
        return connections.isSurrounded();
    }

    /** Takes a session of its own for what takes as long as it takes, whatever limit there is. */
    public Session takeUnlimited() {
        StackReserve.require();
        return take(0, false, connections::takeApart);
    }

    /** The way in which a session is taken. */
    private interface Taking {
        Session from() throws SQLException;
    }

    private Session take(int timeout, boolean limited, Taking taking) {
        checkOpen();
        errors.checkInterrupted();
        try {
            Session session = taking.from();
            session.limit(timeout);
            session.tap(tap);
            session.watchedBy(watch);
            try {
                Duration usual = limited ? longest : Duration.ZERO;
                session.allow(usual, true);
                session.limitConnection();
                if (limited) {
                    session.allow(StatementLimit.longest(usual), true);
                }
            } catch (SQLException | RuntimeException | Error e) {
                session.markBroken();
                release(session);
                throw e;
            }
            return session;
        } catch (SQLException e) {
            throw closed.get() ? closedLayer() : errors.connecting(e);
        }
    }

    public void release(Session session) {
        Connection connection = session.connection();
        boolean lost = true;
        try {
            // Of a broken one nothing can be asked; its transaction ends with it.
            if (!session.isBroken()) {
                if (!connection.getAutoCommit()) {
                    connection.rollback();
                    connection.setAutoCommit(true);
                }
                lost = connection.isClosed()
                        || session.failure().filter(errors::isLost).isPresent();
            }
        } catch (SQLException e) {
            // What cannot be rolled back is lost.
        } finally {
            session.watchedBy(null);
            Runnable listener = used;
            if (listener != null && !session.isSelecting()) {
                listener.run();
            }
            connections.give(session, lost ? State.LOST : State.USABLE);
        }
    }

    /** Reads something small, whole. */
    public <T> T run(String attempted, Work<T> work) {
        Session session = take(0);
        try {
            return work.run(session);
        } catch (SQLException e) {
            session.failed(e);
            throw closed.get() ? closedLayer() : errors.translate(attempted, e, Outcome.NOT_APPLIED);
        } catch (RuntimeException | Error e) {
            session.failed(e);
            throw e;
        } finally {
            release(session);
        }
    }

    /** Refuses a call when the layer is closed, and one of a thread that is interrupted. */
    public void check() {
        checkOpen();
        errors.checkInterrupted();
    }

    public void checkOpen() {
        if (closed.get()) {
            throw closedLayer();
        }
    }

    /** Returns where the statements of all sessions are told of. */
    public StatementTap tap() {
        return tap;
    }

    public StoreErrors errors() {
        return errors;
    }

    /** Marks the layer as closed; false when it was before. */
    public boolean markClosed() {
        return !closed.getAndSet(true);
    }

    public boolean isClosed() {
        return closed.get();
    }

    public ClosedException closedLayer() {
        return new ClosedException("The layer " + layer + " was closed");
    }

    public void close() {
        watch.close();
        connections.close();
    }
}
