package dev.korm.testkit.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.testkit.memory.MemoryLayer;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class VirtualEnvironmentTest {
    private final VirtualEnvironment world = VirtualEnvironment.seeded(7);

    @Test
    void time_passes_only_when_someone_sleeps_or_the_test_says_so() throws InterruptedException {
        Instant start = world.clock().instant();
        long nanos = world.nanoTime();
        world.sleep(Duration.ofSeconds(3));
        world.advance(Duration.ofMinutes(1));
        assertThat(Duration.between(start, world.clock().instant())).isEqualTo(Duration.ofSeconds(63));
        assertThat(world.nanoTime() - nanos).isEqualTo(Duration.ofSeconds(63).toNanos());
    }

    @Test
    void the_wall_clock_can_be_turned_back_and_monotonic_time_does_not_notice() {
        world.advance(Duration.ofHours(1));
        long nanos = world.nanoTime();
        Instant past = Instant.parse("2001-02-03T04:05:06Z");
        world.setTime(past);
        assertThat(world.clock().instant()).isEqualTo(past);
        assertThat(world.nanoTime()).isEqualTo(nanos);
        world.advance(Duration.ofSeconds(1));
        assertThat(world.clock().instant()).isEqualTo(past.plusSeconds(1));
    }

    @Test
    void an_interrupted_sleeper_is_interrupted() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> world.sleep(Duration.ofSeconds(1))).isInstanceOf(InterruptedException.class);
    }

    @Test
    void one_seed_gives_the_same_chances() {
        VirtualEnvironment again = VirtualEnvironment.seeded(7);
        assertThat(again.random().nextLong()).isEqualTo(world.random().nextLong());
    }

    @Test
    void work_runs_in_the_thread_that_submits_it_unless_threads_are_asked_for() throws Exception {
        ExecutorService caller = world.executor("work", 2);
        assertThat(caller.submit(Thread::currentThread).get()).isEqualTo(Thread.currentThread());
        caller.shutdown();
        assertThatThrownBy(() -> caller.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        ExecutorService threads = world.withThreads().executor("work", 2);
        assertThat(threads.submit(Thread::currentThread).get()).isNotEqualTo(Thread.currentThread());
        threads.shutdown();
    }

    @Test
    void worlds_with_threads_share_the_time_of_the_one_they_come_from() {
        VirtualEnvironment threads = world.withThreads();
        world.advance(Duration.ofDays(2));
        world.setTime(Instant.EPOCH);
        assertThat(threads.clock().instant()).isEqualTo(Instant.EPOCH);
        assertThat(threads.nanoTime()).isEqualTo(world.nanoTime());
    }

    record Safe(dev.korm.Encrypted<String> secret) {}

    @Test
    void a_pool_takes_its_keys_from_the_variables_of_the_world_it_runs_in() {
        VirtualEnvironment world = VirtualEnvironment.seeded(1);
        assertThat(world.variable("PATH")).isEmpty();
        try (dev.korm.Pool pool = dev.korm.Korm.pool()
                .layer("main", MemoryLayer.create())
                .environment(world)
                .open()) {
            var floating = dev.korm.Korm.item(Safe.class, pool)
                    .fromData("safes", "small", new Safe(dev.korm.Encrypted.of("x")));
            org.assertj.core.api.Assertions.assertThatThrownBy(floating::create)
                    .isInstanceOf(dev.korm.key.MissingKeyException.class);
            world.setVariable("KORM_ENCRYPTION_KEYS", "k7=" + "0123456789abcdef".repeat(4));
            var made = floating.create();
            Safe read = dev.korm.Korm.item(Safe.class, pool)
                    .fromRn(made.rn().toString())
                    .get()
                    .data();
            assertThat(read.secret().reveal()).isEqualTo("x");
        }
    }
}
