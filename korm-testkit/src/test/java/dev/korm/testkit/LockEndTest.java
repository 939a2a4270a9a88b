package dev.korm.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.lock.LockOptions;
import dev.korm.testkit.fault.FaultyLayer;
import dev.korm.testkit.memory.MemoryLayer;
import dev.korm.testkit.memory.MemoryStore;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The end of a pool whose locks are being renewed. */
@Timeout(60)
class LockEndTest {
    private static final String RENEWAL = "korm-lock-renewal";

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch answered = new CountDownLatch(1);

    /** Returns the time of the store, which answers a renewal when the test says so. */
    private Instant time() {
        if (Thread.currentThread().getName().startsWith(RENEWAL)) {
            asked.countDown();
            try {
                assertThat(answered.await(60, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            }
        }
        return Instant.now();
    }

    @Test
    void a_pool_ends_after_the_renewal_that_is_under_way() throws Exception {
        FaultyLayer layer = FaultyLayer.around(MemoryLayer.on(new MemoryStore(this::time)));
        LockOptions options = LockOptions.defaults().withRenewal(Duration.ofMillis(5));
        Pool pool = Korm.pool().layer("main", layer).withLocks("main", options).open();
        pool.locks().acquire(Rn.item("things", "counted", UUID.randomUUID()));
        assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
        Thread closing = new Thread(pool::close);
        closing.start();
        while (closing.isAlive() && !awaitsRenewal(closing)) {
            Thread.onSpinWait();
        }
        assertThat(closing.isAlive())
                .as("the pool ended, and its renewal did not")
                .isTrue();
        assertThat(layer.leaks()).as("open layers").isOne();
        answered.countDown();
        closing.join();
        assertThat(layer.leaks()).isZero();
    }

    private static boolean awaitsRenewal(Thread thread) {
        return thread.getState() == Thread.State.TIMED_WAITING
                && Stream.of(thread.getStackTrace())
                        .anyMatch(frame -> frame.getClassName().endsWith("LeaseRenewal"));
    }
}
