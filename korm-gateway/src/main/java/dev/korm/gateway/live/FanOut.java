package dev.korm.gateway.live;

import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells many subscribers the same, by as many threads as there are cores: a frame that leaves costs a call of the operating system, and one thread makes no more than some ten
 * thousand of them in a second. Who calls works along, so that helpers that are busy elsewhere delay nobody. Safe for many threads.
 */
final class FanOut implements AutoCloseable {
    /** How many are told by one thread before it looks for more; a call costs about 10 µs. */
    static final int CHUNK = 256;

    private static final int IDLE_SECONDS = 30;

    private final int most;
    private final @Nullable ThreadPoolExecutor helpers;

    /** @param most how many threads help the one that calls */
    FanOut(int most) {
        this.most = most;
        if (most == 0) {
            helpers = null;
            return;
        }
        AtomicInteger number = new AtomicInteger();
        // One that finds no place in the queue is dropped: who calls does its part.
        helpers = new ThreadPoolExecutor(
                most,
                most,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(most),
                task -> {
                    Thread thread = new Thread(task, "korm-gateway-fan-out-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                },
                new ThreadPoolExecutor.DiscardPolicy());
        helpers.allowCoreThreadTimeOut(true);
    }

    /**
     * Tells each subscriber, in no order, and returns when all were told: what is told next comes after it for each of them.
     *
     * @param what must not wait; one that fails keeps nobody else from being told, and the first failure is thrown at the end
     */
    void tell(List<Subscriber> all, Consumer<Subscriber> what) {
        Round round = new Round(all, what);
        if (helpers != null) {
            for (int each = 0; each < Math.min(most, round.chunks - 1); each++) {
                helpers.execute(round);
            }
        }
        round.run();
        round.await();
    }

    /** One telling. Chunks belong to whoever takes their number first. */
    private static final class Round implements Runnable {
        private final List<Subscriber> all;
        private final Consumer<Subscriber> what;
        private final int chunks;
        private final AtomicInteger taken = new AtomicInteger();
        private final CountDownLatch missing;
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

        Round(List<Subscriber> all, Consumer<Subscriber> what) {
            this.all = all;
            this.what = what;
            chunks = (all.size() + CHUNK - 1) / CHUNK;
            missing = new CountDownLatch(chunks);
        }

        @Override
        public void run() {
            for (int chunk = taken.getAndIncrement(); chunk < chunks; chunk = taken.getAndIncrement()) {
                try {
                    for (Subscriber each : all.subList(chunk * CHUNK, Math.min(all.size(), (chunk + 1) * CHUNK))) {
                        tell(each);
                    }
                } finally {
                    missing.countDown();
                }
            }
        }

        private void tell(Subscriber each) {
            try {
                what.accept(each);
            } catch (RuntimeException | Error failed) {
                failure.compareAndSet(null, failed);
            }
        }

        /** Waits for what helpers have begun, which never waits itself; an interrupt would let the next change overtake this one, so it is kept for later. */
        void await() {
            boolean interrupted = false;
            while (missing.getCount() > 0) {
                try {
                    missing.await();
                } catch (InterruptedException stopped) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            Throwable failed = failure.get();
            if (failed instanceof Error error) {
                throw error;
            }
            if (failed instanceof RuntimeException unexpected) {
                throw unexpected;
            }
        }
    }

    @Override
    public void close() {
        if (helpers != null) {
            helpers.shutdown();
        }
    }
}
