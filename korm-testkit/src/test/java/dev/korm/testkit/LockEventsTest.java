package dev.korm.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Stored;
import dev.korm.event.PoolListener;
import dev.korm.jdbc.Sqlite;
import dev.korm.lock.Lock;
import dev.korm.lock.LockLostException;
import dev.korm.lock.LockName;
import dev.korm.lock.LockOptions;
import dev.korm.lock.LockTimeoutException;
import dev.korm.spi.environment.Environment;
import dev.korm.testkit.fault.VirtualEnvironment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a pool tells of its locks, and counts. */
@NullUnmarked // Tests dereference what they expect to be there.
class LockEventsTest {
    private static final long LONGEST = 30;

    @TempDir
    Path folder;

    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

    @Stored(namespace = "things", kind = "counted")
    record Thing(int count) {}

    private class Telling implements PoolListener {
        @Override
        public void lockAcquired(String lock, Duration waited) {
            told.add("acquired " + lock + (waited.isNegative() ? " too early" : ""));
        }

        @Override
        public void lockTimedOut(LockTimeoutException failure) {
            told.add("timed out");
        }

        @Override
        public void lockLost(String lock, String reason) {
            told.add("lost " + lock + ": " + reason);
        }

        @Override
        public void writeFenced(LockLostException refusal) {
            told.add("fenced");
        }
    }

    private Pool pool(Environment environment, Duration lease) {
        return Korm.pool()
                .layer("main", Sqlite.file(folder.resolve("data.sqlite")))
                .withLocks("main", LockOptions.defaults().withLease(lease))
                .listener(new Telling())
                .environment(environment)
                .open();
    }

    private List<String> next(int events) throws InterruptedException {
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            seen.add(told.poll(LONGEST, TimeUnit.SECONDS));
        }
        return seen;
    }

    @Test
    void what_becomes_of_a_lock_is_told_and_counted() throws Exception {
        try (Pool paused = pool(VirtualEnvironment.seeded(1).withThreads(), Duration.ofMillis(400));
                Pool other = pool(Environment.system(), Duration.ofMinutes(1))) {
            Item<Thing> item =
                    Korm.item(Thing.class, paused).fromData(new Thing(0)).create();
            Lock lock = paused.locks().acquire(item.rn());
            assertThat(next(1)).containsExactly("acquired " + lock.name());
            assertThatExceptionOfType(LockTimeoutException.class)
                    .isThrownBy(() -> paused.locks().acquire(item.rn(), Duration.ofMillis(1)));
            assertThat(next(1)).containsExactly("timed out");
            assertThat(paused.locks().tryAcquire(item.rn())).isEmpty();
            // The other program waits until the lease of the one that is stopped is over.
            Lock theirs = other.locks().acquire(item.rn());
            assertThat(next(1)).containsExactly("acquired " + lock.name());
            assertThatExceptionOfType(LockLostException.class)
                    .isThrownBy(() -> item.set(Thing::count, 1).commit());
            assertThat(next(2))
                    .satisfiesExactly(
                            lost -> assertThat(lost)
                                    .startsWith("lost " + lock.name())
                                    .contains("somebody else"),
                            fenced -> assertThat(fenced).isEqualTo("fenced"));
            long awaited = other.metrics().awaitedLocks();
            Thread waiting = new Thread(() -> other.locks().acquire(item.rn()).close());
            waiting.start();
            while (waiting.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
            theirs.close();
            waiting.join();
            assertThat(next(1)).containsExactly("acquired " + lock.name());
            assertThat(other.metrics().awaitedLocks()).isEqualTo(awaited + 1);
            lock.close();
            paused.locks().acquire(LockName.of("job")).close();
            assertThat(next(1)).containsExactly("acquired \"job\"");
            assertThat(paused.metrics()).satisfies(counted -> assertThat(List.of(
                            counted.acquiredLocks(),
                            counted.awaitedLocks(),
                            counted.lockTimeouts(),
                            counted.lostLocks(),
                            counted.fencedWrites()))
                    .containsExactly(2L, 0L, 1L, 1L, 1L));
            assertThat(told).isEmpty();
        }
    }
}
