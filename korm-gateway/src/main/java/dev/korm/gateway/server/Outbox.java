package dev.korm.gateway.server;

import dev.korm.gateway.wire.SharedText;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.eclipse.jetty.websocket.api.Callback;
import org.jspecify.annotations.Nullable;

/**
 * The frames that wait for one client. One frame is on its way at a time; behind it wait as many frames and bytes as the limits say. One more, and all that wait are dropped: the
 * client is told to begin anew, and gets nothing of its subscriptions until it does.
 *
 * <p>Safe for many threads; {@link #send} never waits.
 */
final class Outbox {
    private final Wire wire;
    private final int mostFrames;
    private final int mostBytes;
    private final Runnable overflowed;
    private final Traffic traffic;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<String> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private boolean sending;

    /** Whether the last frame was put ahead of another, and so has not left. */
    private boolean held;

    /** Whether no other will follow that one. */
    private boolean alone;

    private boolean closed;
    private long sentAt;

    Outbox(Wire wire, int mostFrames, int mostBytes, Traffic traffic, Runnable overflowed) {
        this.wire = wire;
        this.mostFrames = mostFrames;
        this.mostBytes = mostBytes;
        this.traffic = traffic;
        this.overflowed = overflowed;
    }

    /** Sends a frame, after those before it. */
    void send(String frame) {
        send(frame, false, null);
    }

    /** Sends a frame that others get too, after those before it. */
    void send(SharedText frame) {
        send(frame.text(), false, frame);
    }

    /** Sends a frame that another one follows at once, so that both leave together. */
    void sendAhead(String frame) {
        send(frame, true, null);
    }

    /** Says that what was to follow the last frame does not come. */
    void flush() {
        lock.lock();
        try {
            if (closed || !held) {
                return;
            }
            if (sending) {
                alone = true;
                return;
            }
            sending = true;
            held = false;
            sentAt = System.nanoTime();
        } finally {
            lock.unlock();
        }
        passHeld();
    }

    private void send(String frame, boolean followed, @Nullable SharedText shared) {
        boolean first = false;
        boolean behindHeld = false;
        boolean overflow = false;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            if (!sending) {
                sending = true;
                behindHeld = held;
                held = followed;
                sentAt = System.nanoTime();
                first = true;
            } else if (waiting.size() < mostFrames
                    && (waiting.isEmpty() || waitingBytes + frame.length() <= mostBytes)) {
                add(frame);
            } else {
                waiting.clear();
                waitingBytes = 0;
                add(Frames.error("overflow", null, "reset-to-snapshot"));
                traffic.overflows.increment();
                overflow = true;
            }
        } finally {
            lock.unlock();
        }
        if (first && shared != null && !behindHeld) {
            traffic.sent.increment();
            wire.shared(shared, Callback.from(this::taken, failure -> close()));
        } else if (first) {
            pass(frame, followed);
        } else if (overflow) {
            overflowed.run();
        }
    }

    /** Sends a binary frame at once where none is on its way; otherwise its text waits for its turn. */
    void send(byte[] frame, Supplier<String> text) {
        boolean first;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            first = !sending;
            if (first) {
                sending = true;
                held = false;
                sentAt = System.nanoTime();
            }
        } finally {
            lock.unlock();
        }
        if (first) {
            traffic.sent.increment();
            wire.binary(ByteBuffer.wrap(frame), Callback.from(this::taken, failure -> close()));
        } else {
            send(text.get());
        }
    }

    /** Returns whether more than a tenth of what may wait does. */
    boolean isSlow() {
        lock.lock();
        try {
            return waiting.size() > mostFrames / 10 || waitingBytes > mostBytes / 10;
        } finally {
            lock.unlock();
        }
    }

    /** Returns how many frames wait. */
    int frames() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /** Returns how many characters the frames that wait have. */
    long bytes() {
        lock.lock();
        try {
            return waitingBytes;
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether a frame has been on its way for longer than this. */
    boolean isStuck(Duration time) {
        lock.lock();
        try {
            return sending && System.nanoTime() - sentAt > time.toNanos();
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether no frame is on its way. */
    boolean isIdle() {
        lock.lock();
        try {
            return !sending;
        } finally {
            lock.unlock();
        }
    }

    /** Drops what waits, and takes nothing more. */
    void close() {
        lock.lock();
        try {
            closed = true;
            waiting.clear();
            waitingBytes = 0;
        } finally {
            lock.unlock();
        }
    }

    private void add(String frame) {
        waiting.add(frame);
        waitingBytes += frame.length();
    }

    private void pass(String frame, boolean followed) {
        traffic.sent.increment();
        Callback callback = Callback.from(this::taken, failure -> close());
        if (followed) {
            wire.ahead(frame, callback);
        } else {
            wire.text(frame, callback);
        }
    }

    private void passHeld() {
        wire.flush(Callback.from(this::taken, failure -> close()));
    }

    private void taken() {
        String next;
        boolean followed = false;
        lock.lock();
        try {
            next = waiting.poll();
            boolean leaves = next == null && held && alone;
            alone = false;
            if (next == null) {
                sending = leaves;
                held &= !leaves;
                if (!leaves) {
                    return;
                }
            } else {
                waitingBytes -= next.length();
                followed = !waiting.isEmpty();
                held = followed;
            }
            sentAt = System.nanoTime();
        } finally {
            lock.unlock();
        }
        if (next == null) {
            passHeld();
        } else {
            pass(next, followed);
        }
    }
}
