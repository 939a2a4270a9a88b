package dev.korm.jdbc.postgres.log;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationConnection;
import org.postgresql.replication.PGReplicationStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pieces that a replication slot tells, read by a thread of its own: the server ends a connection that does not answer for a minute ({@code wal_sender_timeout}), and whoever takes what is read may take longer.
 *
 * <p>At the most {@value #MOST} pieces are kept that nobody has taken; then the thread stops reading, and goes on answering. When nothing is taken for {@value #LONGEST_STAND} seconds more it ends the connection, since the server
 * could neither forget what it still has to send nor be shut down. Everything that was read is confirmed at once: the slot is temporary, and a feed that is opened anew gets a new one.
 *
 * <p>The thread reads, and alone uses the connection. What it has read, and how far it has come, is guarded by the lock. Taken from by one other thread.
 */
public final class LogStream implements AutoCloseable {
    private static final int MOST = 20_000;
    private static final long LONGEST_STAND = 30;

    /** So often the server hears of a reader who does not read. */
    private static final long STATUS_SECONDS = 5;

    /** Pauses of a thread that has read everything, in milliseconds: at first, and after a while. */
    private static final long FIRST_PAUSE = 1;

    private static final long LONGEST_PAUSE = 10;

    /** Of so many pauses the server is asked how far it is. */
    private static final int ASKED_AFTER = 20;

    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.layers");

    private final String layer;
    private final Connection connection;
    private final PGReplicationStream stream;
    private final ExecutorService thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private final Condition awaited = lock.newCondition();

    // Guarded by the lock.
    private final Queue<LogEvent> read = new ArrayDeque<>();
    private long reached;
    private long wanted;
    private boolean closed;
    private @Nullable Exception failure;

    private LogStream(
            String layer, Connection connection, PGReplicationStream stream, long from, ExecutorService thread) {
        this.layer = layer;
        this.connection = connection;
        this.stream = stream;
        this.reached = from;
        this.thread = thread;
    }

    /**
     * Begins to read.
     *
     * @param connection one for replication, which the stream closes
     * @param replication the same, as the driver reads the log by it
     * @param from the place from which the slot tells
     * @param reading what the messages are read by, which tells this stream
     */
    public static LogStream start(
            String layer,
            Connection connection,
            PGReplicationConnection replication,
            String slot,
            String publication,
            long from,
            ExecutorService thread,
            Reading reading)
            throws SQLException {
        PGReplicationStream stream = replication
                .replicationStream()
                .logical()
                .withSlotName(slot)
                .withStartPosition(LogSequenceNumber.valueOf(from))
                .withSlotOption("proto_version", 1)
                .withSlotOption("publication_names", '"' + publication.replace("\"", "\"\"") + '"')
                .withSlotOption("messages", "true")
                .withStatusInterval((int) STATUS_SECONDS, TimeUnit.SECONDS)
                .start();
        LogStream made = new LogStream(layer, connection, stream, from, thread);
        PgOutput messages = reading.by(made);
        thread.execute(() -> made.run(messages));
        return made;
    }

    /** The making of what reads messages. */
    public interface Reading {
        PgOutput by(LogStream told);
    }

    /** Adds what was read, when there is room for it. */
    public void add(LogEvent event) {
        lock.lock();
        try {
            long stood = System.nanoTime();
            while (read.size() >= MOST && !closed) {
                if (!awaited.await(STATUS_SECONDS, TimeUnit.SECONDS)) {
                    if (System.nanoTime() - stood > TimeUnit.SECONDS.toNanos(LONGEST_STAND)) {
                        throw new StandstillException(null);
                    }
                    stream.forceUpdateStatus();
                }
            }
            read.add(event);
            moved.signalAll();
        } catch (SQLException lost) {
            throw new StandstillException(lost);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            throw new StandstillException(ended);
        } finally {
            lock.unlock();
        }
    }

    /** Nobody takes what is read. */
    public static final class StandstillException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StandstillException(@Nullable Exception cause) {
            super(cause);
        }
    }

    private void run(PgOutput messages) {
        try {
            int pauses = 0;
            while (!isClosed()) {
                ByteBuffer message = stream.readPending();
                if (message != null) {
                    messages.read(message);
                    pauses = 0;
                } else {
                    boolean asked = pause(pauses);
                    pauses++;
                    if (asked && pauses % ASKED_AFTER == 0) {
                        stream.forceUpdateStatus();
                    }
                }
            }
        } catch (SQLException | RuntimeException lost) {
            fail(lost);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            fail(new StandstillException(ended));
        } finally {
            end();
        }
    }

    /** Takes note of how far everything was read, and waits a little; returns whether somebody waits for more. */
    private boolean pause(int pauses) throws InterruptedException {
        LogSequenceNumber last = stream.getLastReceiveLSN();
        lock.lockInterruptibly();
        try {
            // Behind the description of a table the driver knows no place for a while.
            if (Long.compareUnsigned(last.asLong(), reached) > 0) {
                reached = last.asLong();
                moved.signalAll();
            }
            LogSequenceNumber confirmed = LogSequenceNumber.valueOf(reached);
            stream.setFlushedLSN(confirmed);
            stream.setAppliedLSN(confirmed);
            boolean asked = Long.compareUnsigned(reached, wanted) < 0;
            long left = TimeUnit.MILLISECONDS.toNanos(
                    asked ? FIRST_PAUSE : Math.min(LONGEST_PAUSE, FIRST_PAUSE + pauses / 8));
            long before = wanted;
            while (left > 0 && !closed && wanted == before) {
                left = awaited.awaitNanos(left);
            }
            return asked;
        } finally {
            lock.unlock();
        }
    }

    private void fail(Exception reason) {
        lock.lock();
        try {
            failure = reason;
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Returns the first piece that was not taken; null where everything was that is read by now. */
    @Nullable LogEvent first() {
        lock.lock();
        try {
            return read.peek();
        } finally {
            lock.unlock();
        }
    }

    /** Takes the first piece away. */
    void take() {
        lock.lock();
        try {
            read.poll();
            if (read.size() < MOST / 2) {
                awaited.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns why nothing more is read, when everything was taken that was; empty while it is read. */
    Optional<Exception> ended() {
        lock.lock();
        try {
            return read.isEmpty() ? Optional.ofNullable(failure) : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** Returns how far the log was read, where everything of it was taken; else 0. */
    long quiet() {
        lock.lock();
        try {
            return read.isEmpty() ? reached : 0;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until there is something to take, or the reading has ended.
     *
     * @param place that has to be reached before nothing is said to be there
     * @param patience in nanoseconds, for something to take
     * @param longest in nanoseconds, for the place
     * @return whether there is
     */
    boolean await(long place, long patience, long longest) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            wanted = place;
            awaited.signalAll();
            long begun = System.nanoTime();
            long left = left(begun, patience, longest);
            while (read.isEmpty() && failure == null && !closed) {
                if (left <= 0) {
                    return false;
                }
                long rest = moved.awaitNanos(left);
                left = Math.min(rest, left(begun, patience, longest));
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Returns how long to wait from now on, with the lock held. */
    private long left(long begun, long patience, long longest) {
        boolean behind = Long.compareUnsigned(reached, wanted) < 0;
        return (behind ? Math.max(patience, longest) : patience) - (System.nanoTime() - begun);
    }

    /** Ends the connection, and with it the slot. */
    private void end() {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException closedBefore) {
            LOG.debug("The connection of layer {} that reads the log was closed before", layer);
        }
        thread.shutdown();
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            moved.signalAll();
            awaited.signalAll();
        } finally {
            lock.unlock();
        }
        end();
    }
}
