package dev.korm.jdbc.postgres;

import dev.korm.jdbc.feed.ChangeSignal;
import dev.korm.jdbc.feed.CommitListener;
import dev.korm.spi.environment.Environment;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens for the {@code NOTIFY} of those who note changes, on a connection of its own beside the layer's pool, in one thread.
 *
 * <p>A notification is a hint to look, and holds nothing. So one that was lost, with its connection or since the server makes none, costs a feed the pause after which
 * it looks by itself; a lost connection is made anew after a pause that grows to {@value #LONGEST_PAUSE} seconds.
 */
final class PostgresNotifications implements CommitListener {
    /** The channel on which triggers of korm's tables notify. */
    static final String CHANNEL = "korm_changes";

    /** How many seconds pass at most before a lost connection is made anew. */
    private static final long LONGEST_PAUSE = 30;

    /** After so long without a notification the connection is asked whether it still is one. */
    private static final int SILENCE_MILLIS = 10_000;

    private static final int ANSWER_SECONDS = 5;

    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.layers");

    private final String layer;
    private final DataSource driver;
    private final ChangeSignal signal;
    private final ExecutorService threads;
    private @Nullable Listening listening;

    PostgresNotifications(String layer, DataSource driver, ChangeSignal signal, Environment environment) {
        this.layer = layer;
        this.driver = driver;
        this.signal = signal;
        this.threads = environment.executor("korm-" + layer + "-notifications", 1);
    }

    @Override
    public synchronized void start() {
        if (listening == null) {
            listening = new Listening();
            threads.execute(listening);
        }
    }

    @Override
    public synchronized void stop() {
        if (listening != null) {
            listening.stop();
            listening = null;
        }
    }

    /** One time of listening, which may be over before its thread has begun. */
    private final class Listening implements Runnable {
        private final CountDownLatch stopped = new CountDownLatch(1);
        private volatile @Nullable Connection connection;

        void stop() {
            stopped.countDown();
            Connection open = connection;
            if (open != null) {
                abort(open);
            }
        }

        private void abort(Connection open) {
            try {
                open.abort(Runnable::run);
            } catch (SQLException closed) {
                LOG.debug("The connection of layer {} that listens was closed before", layer);
            }
        }

        @Override
        public void run() {
            long pause = 1;
            while (stopped.getCount() > 0) {
                try (Connection open = driver.getConnection()) {
                    connection = open;
                    listen(open);
                } catch (SQLException lost) {
                    if (stopped.getCount() > 0) {
                        LOG.debug(
                                "The connection of layer {} that listens was lost; the next is made in {} s",
                                layer,
                                pause);
                    }
                }
                connection = null;
                try {
                    if (stopped.await(pause, TimeUnit.SECONDS)) {
                        return;
                    }
                } catch (InterruptedException ended) {
                    Thread.currentThread().interrupt();
                    return;
                }
                pause = Math.min(2 * pause, LONGEST_PAUSE);
            }
        }

        private void listen(Connection open) throws SQLException {
            if (stopped.getCount() == 0) {
                return;
            }
            try (Statement statement = open.createStatement()) {
                statement.execute("LISTEN " + CHANNEL);
            }
            DriverConnection own = DriverConnection.of(open);
            // Of what was committed before, nobody notifies any more.
            signal.tell();
            while (stopped.getCount() > 0) {
                if (own.hears(SILENCE_MILLIS)) {
                    signal.tell();
                } else if (!open.isValid(ANSWER_SECONDS)) {
                    throw new SQLException("The server does not answer", "08006");
                }
            }
        }
    }
}
