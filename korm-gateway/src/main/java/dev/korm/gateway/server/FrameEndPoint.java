package dev.korm.gateway.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritePendingException;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * A socket that takes whole frames beside what Jetty writes. Jetty makes header, buffers and an entry of its queue for each frame of each socket, which costs as much as the call of the operating
 * system; a frame that ten thousand sockets get is the same bytes for all of them.
 *
 * <p>Either Jetty writes or a frame is written, never both: what Jetty wants to write meanwhile, such as the answer to a ping, follows the frame, and a frame that would have to wait for Jetty is not taken. Safe for
 * many threads.
 */
final class FrameEndPoint extends SocketChannelEndPoint {
    private final ReentrantLock lock = new ReentrantLock();
    private Writer writer = Writer.NOBODY;
    private @Nullable Postponed postponed;

    private enum Writer {
        NOBODY,
        JETTY,
        FRAME
    }

    /** A write of Jetty that waits until a frame is out. */
    private record Postponed(Callback callback, List<ByteBuffer> buffers) {}

    FrameEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key, Scheduler scheduler) {
        super(channel, selector, key, scheduler);
    }

    /**
     * Writes a frame, unless something else is being written.
     *
     * @param open whether frames may be sent; asked when nothing else can be written any more, so that none follows the frame that closes the connection
     * @return whether the frame was taken, and the callback hears of it
     */
    boolean writeFrame(ByteBuffer frame, BooleanSupplier open, Callback taken) {
        lock.lock();
        try {
            if (writer != Writer.NOBODY) {
                return false;
            }
            writer = Writer.FRAME;
        } finally {
            lock.unlock();
        }
        if (!open.getAsBoolean()) {
            next();
            return false;
        }
        boolean whole;
        try {
            whole = flush(frame);
        } catch (IOException | RuntimeException failed) {
            next();
            taken.failed(failed);
            return true;
        }
        if (whole) {
            next();
            taken.succeeded();
        } else {
            super.write(new Following(taken), frame);
        }
        return true;
    }

    @Override
    public void write(Callback callback, ByteBuffer... buffers) {
        lock.lock();
        try {
            if (writer == Writer.FRAME) {
                if (postponed != null) {
                    throw new WritePendingException();
                }
                postponed = new Postponed(callback, List.of(buffers));
                return;
            }
            writer = Writer.JETTY;
        } finally {
            lock.unlock();
        }
        super.write(new Following(callback), buffers);
    }

    /** Lets Jetty write what it wanted to, or others. */
    private void next() {
        Postponed waiting;
        lock.lock();
        try {
            waiting = postponed;
            postponed = null;
            writer = waiting == null ? Writer.NOBODY : Writer.JETTY;
        } finally {
            lock.unlock();
        }
        if (waiting != null) {
            super.write(new Following(waiting.callback), waiting.buffers.toArray(new ByteBuffer[0]));
        }
    }

    /** Ends one's turn before it tells that all is written, since whoever hears that may write again. */
    private final class Following extends Callback.Nested {
        Following(Callback callback) {
            super(callback);
        }

        @Override
        public void succeeded() {
            next();
            super.succeeded();
        }

        @Override
        public void failed(Throwable failure) {
            next();
            super.failed(failure);
        }
    }
}
