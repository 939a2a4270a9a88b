package dev.korm.engine.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.korm.ClosedException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class LocalLocksTest {
    private static final long LONG = TimeUnit.SECONDS.toNanos(60);
    private static final String ID = "[rn]:a:b:c";

    private final LocalLocks locks = new LocalLocks();

    private void waitFor(int waiting) throws InterruptedException {
        long end = System.nanoTime() + LONG;
        while (locks.waiting(ID) != waiting) {
            assertThat(System.nanoTime()).isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    private void inOrder(ExecutorService threads) throws Exception {
        int count = 20;
        assertThat(locks.take(ID, LONG).isTaken()).isTrue();
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int number = i;
            all.add(threads.submit(() -> {
                assertThat(locks.take(ID, LONG).isTaken()).isTrue();
                order.add(number);
                // Whoever comes now is behind all who wait.
                assertThat(locks.take(ID, 0).isTaken()).isFalse();
                locks.letGo(ID);
                return null;
            }));
            waitFor(i + 1);
        }
        locks.letGo(ID);
        for (Future<?> each : all) {
            each.get(60, TimeUnit.SECONDS);
        }
        assertThat(order).hasSize(count).isSorted();
        assertThat(locks.holder(ID)).isEmpty();
    }

    @Test
    void whoever_comes_first_is_first() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            inOrder(threads);
        } finally {
            threads.shutdownNow();
        }
    }

    /** Checks also that a thread that waits keeps no carrier: there are fewer of those than threads that wait. */
    @Test
    void virtual_threads_are_as_fair() throws Exception {
        Method made = null;
        for (Method each : Executors.class.getMethods()) {
            made = each.getName().equals("newVirtualThreadPerTaskExecutor") ? each : made;
        }
        assumeTrue(made != null && Runtime.version().feature() >= 21, "virtual threads are of JDK 21");
        ExecutorService threads = (ExecutorService) made.invoke(null);
        try {
            inOrder(threads);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void a_thread_that_gives_up_is_passed_over() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            assertThat(locks.take(ID, LONG).isTaken()).isTrue();
            Future<LocalLocks.Outcome> impatient =
                    threads.submit(() -> locks.take(ID, TimeUnit.MILLISECONDS.toNanos(20)));
            LocalLocks.Outcome outcome = impatient.get(60, TimeUnit.SECONDS);
            assertThat(outcome.isTaken()).isFalse();
            assertThat(outcome.holder()).contains(Thread.currentThread().getName());
            AtomicInteger interrupted = new AtomicInteger();
            List<Thread> thread = Collections.synchronizedList(new ArrayList<>());
            Future<?> stopped = threads.submit(() -> {
                thread.add(Thread.currentThread());
                assertThatThrownBy(() -> locks.take(ID, LONG)).isInstanceOf(LocalLocks.InterruptedWaiting.class);
                interrupted.incrementAndGet();
            });
            waitFor(1);
            Future<LocalLocks.Outcome> patient = threads.submit(() -> locks.take(ID, LONG));
            waitFor(2);
            thread.get(0).interrupt();
            stopped.get(60, TimeUnit.SECONDS);
            assertThat(interrupted).hasValue(1);
            locks.letGo(ID);
            assertThat(patient.get(60, TimeUnit.SECONDS).isTaken()).isTrue();
            locks.letGo(ID);
            assertThat(locks.holder(ID)).isEmpty();
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void closing_wakes_all_who_wait() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            assertThat(locks.take(ID, LONG).isTaken()).isTrue();
            Future<?> waiting = threads.submit(
                    () -> assertThatThrownBy(() -> locks.take(ID, LONG)).isInstanceOf(ClosedException.class));
            waitFor(1);
            locks.close();
            waiting.get(60, TimeUnit.SECONDS);
            assertThatThrownBy(() -> locks.take("another", LONG)).isInstanceOf(ClosedException.class);
            locks.letGo(ID);
        } finally {
            threads.shutdownNow();
        }
    }

    /** Of each two threads one is granted the lock, or has it granted to it while it is interrupted; whichever comes first, it is free in the end. */
    @Test
    void a_lock_that_is_handed_to_a_thread_at_the_moment_of_its_interrupt_is_not_lost() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            for (int round = 0; round < 1500; round++) {
                assertThat(locks.take(ID, LONG).isTaken()).isTrue();
                AtomicReference<Thread> thread = new AtomicReference<>();
                CountDownLatch begun = new CountDownLatch(1);
                Future<?> waiting = threads.submit(() -> {
                    thread.set(Thread.currentThread());
                    begun.countDown();
                    try {
                        if (locks.take(ID, LONG).isTaken()) {
                            locks.letGo(ID);
                        }
                    } catch (LocalLocks.InterruptedWaiting interrupted) {
                        assertThat(interrupted.holder()).isNotEmpty();
                    }
                });
                begun.await();
                while (locks.waiting(ID) == 0) {
                    Thread.onSpinWait();
                }
                CyclicBarrier together = new CyclicBarrier(2);
                Future<?> interrupting = threads.submit(() -> {
                    together.await();
                    thread.get().interrupt();
                    return null;
                });
                together.await();
                locks.letGo(ID);
                interrupting.get(60, TimeUnit.SECONDS);
                waiting.get(60, TimeUnit.SECONDS);
                assertThat(locks.holder(ID)).as("in round " + round).isEmpty();
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
