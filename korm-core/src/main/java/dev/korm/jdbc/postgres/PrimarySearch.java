package dev.korm.jdbc.postgres;

import dev.korm.spi.environment.Environment;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which of some servers takes changes: the one that is in no recovery, on the newest timeline. Safe for many threads.
 *
 * <p>All are looked at before a connection is made, at most every five seconds; each connection is asked once more what it leads to. So a server that was the primary, and comes back as if nothing
 * had happened, gets no connection once another one is known to have taken its place: its timeline is older.
 */
public final class PrimarySearch {
    /** So long it is taken for granted which server is the primary. */
    private static final long TRUSTED = TimeUnit.SECONDS.toNanos(5);

    /** So long a server that did not answer is asked no more, unless there is no other. */
    private static final long AWAY = TimeUnit.SECONDS.toNanos(30);

    /** The SQLSTATE of a connection that could not be made. */
    private static final String UNREACHABLE = "08001";

    private final List<PostgresServer> servers;
    private final Environment environment;
    private final ReentrantLock lock = new ReentrantLock();

    /** The number of the primary; negative while it has to be looked for. */
    private volatile int primary = -1;

    private volatile long lookedAt;

    /** The primary on the newest timeline that was ever found. */
    private volatile @Nullable ServerRole newest;

    /** When servers that did not answer are asked again; guarded by the lock. */
    private final long[] away;

    /** @param servers first the one that is the primary as a rule */
    public PrimarySearch(List<PostgresServer> servers, Environment environment) {
        this.servers = List.copyOf(servers);
        this.environment = environment;
        this.away = new long[servers.size()];
        Arrays.fill(away, environment.nanoTime());
    }

    List<PostgresServer> servers() {
        return servers;
    }

    /** Returns the number of the primary, as it was last found; negative where it is not known. */
    int primary() {
        return primary;
    }

    /** Has it looked for before the next connection is made. */
    void forget() {
        primary = -1;
    }

    /** Returns connections to the primary, as a pool takes them. */
    public DataSource driver() {
        return new Found(PostgresServer::driver);
    }

    /** Returns connections to the primary whose waits are short. */
    public DataSource probe() {
        return new Found(PostgresServer::probe);
    }

    private Connection connect(Function<PostgresServer, DataSource> way) throws SQLException {
        int at = primary;
        if (at >= 0 && environment.nanoTime() - lookedAt < TRUSTED) {
            try {
                return connect(way, at);
            } catch (SQLException gone) {
                primary = -1;
            }
        }
        return connect(way, find());
    }

    private Connection connect(Function<PostgresServer, DataSource> way, int at) throws SQLException {
        Connection connection = way.apply(servers.get(at)).getConnection();
        boolean fine = false;
        try {
            if (!isNewest(ServerRole.of(connection))) {
                primary = -1;
                throw new SQLException("The server takes no changes any more", UNREACHABLE);
            }
            fine = true;
            return connection;
        } finally {
            if (!fine) {
                connection.abort(Runnable::run);
            }
        }
    }

    private boolean isNewest(ServerRole role) {
        ServerRole known = newest;
        return !role.standby()
                && (known == null || (role.system() == known.system() && role.timeline() >= known.timeline()));
    }

    /** Looks at all servers, and returns the number of the primary. */
    private int find() throws SQLException {
        try {
            lock.lockInterruptibly();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new SQLException("The thread was interrupted", UNREACHABLE, interrupted);
        }
        try {
            if (primary >= 0 && environment.nanoTime() - lookedAt < TRUSTED) {
                return primary;
            }
            return look();
        } finally {
            lock.unlock();
        }
    }

    private int look() throws SQLException {
        SQLException first = null;
        int found = -1;
        ServerRole best = newest;
        for (int round = 0; round < 2 && found < 0; round++) {
            for (int i = 0; i < servers.size(); i++) {
                boolean left = environment.nanoTime() - away[i] < 0;
                if (left != (round > 0)) {
                    continue;
                }
                try {
                    ServerRole role = ask(i);
                    if (best != null && role.system() != best.system()) {
                        continue;
                    }
                    if (!role.standby()
                            && (best == null
                                    || role.timeline() > best.timeline()
                                    || (found < 0 && role.timeline() == best.timeline()))) {
                        best = role;
                        found = i;
                    }
                } catch (SQLException gone) {
                    away[i] = environment.nanoTime() + AWAY;
                    if (first == null) {
                        first = gone;
                    }
                }
            }
        }
        if (found < 0) {
            throw first == null ? new SQLException("None of the servers takes changes", UNREACHABLE) : first;
        }
        newest = best;
        lookedAt = environment.nanoTime();
        primary = found;
        return found;
    }

    private ServerRole ask(int server) throws SQLException {
        try (Connection connection = servers.get(server).probe().getConnection()) {
            return ServerRole.of(connection);
        }
    }

    /** Connections to the primary, wherever that is. */
    private final class Found implements DataSource {
        private final Function<PostgresServer, DataSource> way;

        Found(Function<PostgresServer, DataSource> way) {
            this.way = way;
        }

        @Override
        public Connection getConnection() throws SQLException {
            return connect(way);
        }

        @Override
        public Connection getConnection(String user, String password) throws SQLException {
            throw new SQLFeatureNotSupportedException("The servers' users are known");
        }

        @Override
        public @Nullable PrintWriter getLogWriter() {
            return null;
        }

        @Override
        public void setLogWriter(@Nullable PrintWriter out) {
            // The drivers write to their own.
        }

        @Override
        public void setLoginTimeout(int seconds) throws SQLException {
            for (PostgresServer server : servers) {
                way.apply(server).setLoginTimeout(seconds);
            }
        }

        @Override
        public int getLoginTimeout() throws SQLException {
            return way.apply(servers.get(0)).getLoginTimeout();
        }

        @Override
        public Logger getParentLogger() throws SQLFeatureNotSupportedException {
            throw new SQLFeatureNotSupportedException("The drivers have their own");
        }

        @Override
        public <T> T unwrap(Class<T> type) throws SQLException {
            throw new SQLException("There is nothing within");
        }

        @Override
        public boolean isWrapperFor(Class<?> type) {
            return false;
        }
    }
}
