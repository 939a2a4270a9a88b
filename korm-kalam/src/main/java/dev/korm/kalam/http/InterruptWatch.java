package dev.korm.kalam.http;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import okhttp3.Call;

/** A thread that cancels calls whose threads were interrupted, since a thread that waits for a socket does not notice itself. */
final class InterruptWatch implements AutoCloseable {
    private static final long INTERVAL_NANOS = 20_000_000;
    private static final long IDLE_NANOS = 5_000_000_000L;

    private final Map<Call, Thread> running = new ConcurrentHashMap<>();
    private final AtomicBoolean isParked = new AtomicBoolean();
    private final Thread thread;
    private volatile boolean isClosed;

    InterruptWatch() {
        thread = new Thread(this::run, "kalam-interrupts");
        thread.setDaemon(true);
        thread.start();
    }

    void begin(Call call) {
        running.put(call, Thread.currentThread());
        if (isParked.get() && isParked.compareAndSet(true, false)) {
            LockSupport.unpark(thread);
        }
    }

    void end(Call call) {
        running.remove(call);
    }

    private void run() {
        while (!isClosed) {
            if (running.isEmpty()) {
                isParked.set(true);
                // A call that began in between has seen the flag or is seen here.
                if (running.isEmpty()) {
                    LockSupport.parkNanos(IDLE_NANOS);
                }
                isParked.set(false);
            } else {
                LockSupport.parkNanos(INTERVAL_NANOS);
            }
            running.forEach((call, caller) -> {
                if (caller.isInterrupted()) {
                    call.cancel();
                }
            });
        }
    }

    @Override
    public void close() {
        isClosed = true;
        LockSupport.unpark(thread);
    }
}
