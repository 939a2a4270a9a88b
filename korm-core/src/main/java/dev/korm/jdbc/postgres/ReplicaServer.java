package dev.korm.jdbc.postgres;

import dev.korm.jdbc.session.Connections;
import dev.korm.jdbc.session.Sessions;
import dev.korm.jdbc.session.StatementWatch;
import dev.korm.jdbc.session.StoreErrors;
import dev.korm.spi.environment.Environment;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A server that follows the primary, and what it is known to have. Looked after by one thread, asked by many. */
final class ReplicaServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.layers");

    private final String layer;
    private final PostgresServer address;
    private final Environment environment;
    private final ServerProbe probe;
    private volatile @Nullable Sessions sessions;

    /** Null while it is not to be read. */
    private volatile @Nullable Seen seen;

    private volatile boolean closed;

    // Of the thread that looks after it.
    private long position = -1;
    private boolean known = true;

    /**
     * The least that is in effect on the server.
     *
     * @param changes so many changes of the layer
     * @param time all that was committed on the primary by then, in the environment's nanoseconds
     */
    record Seen(long changes, long time) {}

    ReplicaServer(String layer, PostgresServer address, Environment environment) {
        this.layer = layer;
        this.address = address;
        this.environment = environment;
        this.probe = new ServerProbe(address.probe());
    }

    /**
     * Returns its sessions, where it has so many changes, and all that was committed by some time.
     *
     * @param since in the environment's nanoseconds; empty where it does not matter
     */
    @Nullable Sessions having(long changes, Optional<Long> since) {
        Seen now = seen;
        return now != null && now.changes() >= changes && (since.isEmpty() || now.time() - since.get() >= 0)
                ? sessions
                : null;
    }

    boolean is(Sessions other) {
        return sessions == other;
    }

    /** Leaves it out until it has answered again. */
    void leave() {
        seen = null;
    }

    /** Asks it for its part, with sessions ready where it may be read. */
    ServerRole ask() throws SQLException {
        ServerRole role = probe.ask();
        if (sessions == null && role.standby()) {
            open(PostgresPooler.isBetween(probe.open()));
        }
        return role;
    }

    private void open(boolean behindPooler) {
        StoreErrors errors = new PostgresErrors(layer, address.place());
        Connections connections = address.pool().open(errors, behindPooler);
        Sessions opened = new Sessions(
                layer,
                behindPooler ? new PostgresPooler(connections) : connections,
                errors,
                new StatementWatch(layer, new PostgresStops(!behindPooler), environment));
        sessions = opened;
        if (closed) {
            end(opened);
        }
    }

    private static void end(Sessions open) {
        if (open.markClosed()) {
            open.close();
        }
    }

    @Nullable Sessions sessions() {
        return sessions;
    }

    /** Takes note of how far it has come, and returns whether that is farther than before. */
    boolean cameTo(long now) {
        boolean farther = now > position;
        position = now;
        return farther;
    }

    void has(Seen what) {
        if (seen == null) {
            say(true, "");
        }
        seen = what;
    }

    /** Leaves it out, and says why, once. */
    void leave(String reason) {
        seen = null;
        say(false, reason);
    }

    private void say(boolean now, String reason) {
        if (known != now) {
            known = now;
            if (now) {
                LOG.info("The replica {} of layer {} is read again", address.place(), layer);
            } else {
                LOG.warn(
                        "The replica {} of layer {} is not read for the time being: {}",
                        address.place(),
                        layer,
                        reason);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        seen = null;
        probe.close();
        Sessions open = sessions;
        if (open != null) {
            end(open);
        }
    }
}
