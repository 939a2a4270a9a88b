package dev.korm.engine.live;

import dev.korm.spi.environment.Environment;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The threads that tell listeners. As many as there are processors, and one more whenever none of them has come to the next listener for a while, since those that are told take their time: up to
 * {@value #MOST}. So many listeners may wait for something at once before others have to. Safe for many threads.
 */
final class Deliveries implements AutoCloseable {
    /** Threads at the most. */
    static final int MOST = 256;

    /** So long nobody is taken up before there is one more thread. */
    private static final Duration STUCK = Duration.ofMillis(20);

    /** So long a thread waits for more. */
    private static final long LINGER = TimeUnit.SECONDS.toNanos(5);

    private final Environment environment;
    private final LiveTimer timer;
    private final int usual;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();

    // Guarded by the lock.
    private final Queue<Runnable> ready = new ArrayDeque<>();
    private @Nullable ExecutorService executor;
    private int threads;
    private int idle;
    private long taken;
    private boolean watched;
    private boolean closed;

    Deliveries(Environment environment, LiveTimer timer) {
        this.environment = environment;
        this.timer = timer;
        this.usual = Math.max(2, Runtime.getRuntime().availableProcessors());
    }

    /** Has work done by the next thread that is free. */
    void submit(Runnable work) {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            ready.add(work);
            if (idle > 0) {
                more.signal();
            } else if (threads < usual) {
                begin();
            } else {
                watch();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Under the lock. */
    private void begin() {
        if (executor == null) {
            executor = environment.executor("korm-live-listener", MOST);
        }
        threads++;
        try {
            executor.execute(this::run);
        } catch (RejectedExecutionException closing) {
            threads--;
        }
    }

    /** Under the lock: looks later whether the threads have come any further. */
    private void watch() {
        if (!watched && threads < MOST) {
            watched = true;
            long before = taken;
            timer.after(STUCK, () -> look(before));
        }
    }

    private void look(long before) {
        lock.lock();
        try {
            watched = false;
            if (closed || ready.isEmpty()) {
                return;
            }
            if (taken == before && threads < MOST) {
                begin();
            }
            watch();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        for (Runnable work = next(); work != null; work = next()) {
            work.run();
        }
    }

    /** Returns the next piece of work; null when the thread is not needed any more. */
    private @Nullable Runnable next() {
        lock.lock();
        try {
            long left = LINGER;
            while (ready.isEmpty() && !closed && left > 0) {
                idle++;
                try {
                    left = more.awaitNanos(left);
                } catch (InterruptedException stop) {
                    Thread.currentThread().interrupt();
                    left = 0;
                } finally {
                    idle--;
                }
            }
            Runnable work = closed ? null : ready.poll();
            if (work == null) {
                threads--;
            } else {
                taken++;
            }
            return work;
        } finally {
            lock.unlock();
        }
    }

    /** Drops what has not begun; a listener that is being told is not waited for. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            ready.clear();
            more.signalAll();
            if (executor != null) {
                executor.shutdown();
            }
        } finally {
            lock.unlock();
        }
    }
}
