package dev.korm.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.StoreException.Outcome;
import dev.korm.StoreUnavailableException;
import dev.korm.Stored;
import dev.korm.lock.Lock;
import dev.korm.lock.LockLostException;
import dev.korm.lock.LockOptions;
import dev.korm.spi.Batch;
import dev.korm.spi.Fence;
import dev.korm.spi.Layer;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.environment.Environment;
import dev.korm.testkit.fault.FaultyLayer;
import dev.korm.testkit.fault.FaultyLayer.Call;
import dev.korm.testkit.fault.FaultyLayer.Moment;
import dev.korm.testkit.fault.VirtualEnvironment;
import dev.korm.testkit.memory.MemoryLayer;
import dev.korm.testkit.memory.MemoryStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Leases and their renewal by three clocks that the test sets: the store's and those of two programs. */
@NullUnmarked // Tests dereference what they expect to be there.
class LockTimeTest {
    private static final Duration LEASE = Duration.ofSeconds(60);
    private static final LockOptions OPTIONS = LockOptions.defaults().withLease(LEASE);

    /** A thing that is counted. */
    @Stored(namespace = "things", kind = "counted")
    record Thing(String name, int count) {}

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2031-05-05T05:05:05Z"));
    private final AtomicReference<Runnable> slow = new AtomicReference<>(() -> {});
    private final FaultyLayer layer = FaultyLayer.around(MemoryLayer.on(new MemoryStore(this::time)));
    private final VirtualEnvironment here = VirtualEnvironment.seeded(1);
    private final VirtualEnvironment there = VirtualEnvironment.seeded(2);
    private Pool one;
    private Pool two;

    @BeforeEach
    void open() {
        here.setTime(now.get().plus(Duration.ofHours(1)));
        there.setTime(now.get().minus(Duration.ofHours(1)));
        one = pool(here);
        two = pool(there);
    }

    @AfterEach
    void close() {
        one.close();
        two.close();
        assertThat(layer.leaks()).isZero();
    }

    /** Returns the time of the store, which takes its time to answer. */
    private Instant time() {
        Instant answer = now.get();
        slow.getAndSet(() -> {}).run();
        return answer;
    }

    private Pool pool(Environment environment) {
        return Korm.pool()
                .layer("main", layer)
                .withLocks("main", OPTIONS)
                .environment(environment)
                .open();
    }

    /** Lets time pass for the store and the programs that are given. */
    private void pass(Duration duration, VirtualEnvironment... running) {
        for (long seconds = 0; seconds < duration.toSeconds(); seconds++) {
            now.updateAndGet(before -> before.plusSeconds(1));
            for (VirtualEnvironment each : running) {
                each.advance(Duration.ofSeconds(1));
            }
        }
    }

    private static Rn<Thing> rn() {
        return Rn.item("things", "counted", UUID.fromString("01234567-89ab-4cde-8f01-23456789abcd"));
    }

    @Test
    void a_lease_is_renewed_after_a_third_of_it_for_all_locks_at_once() {
        Lock lock = one.locks().acquire(rn());
        Lock another = one.locks().acquire(Rn.item("things", "counted", UUID.randomUUID()));
        pass(LEASE.dividedBy(3).minusSeconds(1), here, there);
        long before = layer.calls(Call.APPLY);
        pass(Duration.ofSeconds(2), here, there);
        assertThat(layer.calls(Call.APPLY)).isEqualTo(before + 1);
        pass(LEASE.multipliedBy(10), here, there);
        assertThat(lock.isHeld()).isTrue();
        assertThat(another.isHeld()).isTrue();
        assertThat(two.locks().tryAcquire(rn())).isEmpty();
        lock.close();
        another.close();
        long after = layer.roundTrips();
        pass(LEASE.multipliedBy(3), here, there);
        assertThat(layer.roundTrips()).as("nothing is left to renew").isEqualTo(after);
    }

    @Test
    void a_stopped_program_loses_its_lock_to_whoever_asks_after_its_lease_and_not_before() {
        Lock lock = one.locks().acquire(rn());
        pass(LEASE.minusSeconds(1), there);
        assertThat(two.locks().tryAcquire(rn())).isEmpty();
        pass(Duration.ofSeconds(1), there);
        Lock theirs = two.locks().tryAcquire(rn()).orElseThrow();
        AtomicInteger told = new AtomicInteger();
        lock.onLost(told::incrementAndGet);
        assertThat(lock.isHeld()).as("its clock stands still").isTrue();
        // It goes on, and finds out by asking.
        here.advance(LEASE.dividedBy(3));
        assertThat(lock.isHeld()).isFalse();
        assertThat(told).hasValue(1);
        assertThatThrownBy(lock::requireHeld).hasMessageContaining("has acquired it since");
        lock.close();
        assertThat(theirs.isHeld()).isTrue();
        assertThat(two.locks().tryAcquire(rn())).isEmpty();
        theirs.close();
    }

    @Test
    void a_program_knows_by_its_own_clock_when_its_lease_is_over() {
        Lock lock = one.locks().acquire(rn());
        AtomicInteger told = new AtomicInteger();
        lock.onLost(told::incrementAndGet);
        for (int i = 1; i < 1000; i++) {
            layer.fail(Call.SELECT, i, Moment.BEFORE, LockTimeTest::unavailable);
        }
        pass(LEASE.minusSeconds(1), here);
        assertThat(lock.isHeld()).isTrue();
        assertThat(told).hasValue(0);
        pass(Duration.ofSeconds(1), here);
        assertThat(told).hasValue(1);
        assertThat(lock.isHeld()).isFalse();
        layer.heal();
        pass(LEASE, here);
        assertThat(lock.isHeld()).as("a lost lock is not held again").isFalse();
        lock.close();
    }

    @Test
    void tokens_grow_over_the_deletion_of_a_row_whatever_the_clocks_of_programs_say() {
        Item<Thing> item =
                Korm.item(Thing.class, one).fromData(new Thing("one", 0)).create();
        Lock lock = one.locks().acquire(item.rn());
        try (Layer direct = layer.open("main", here)) {
            direct.apply(Batch.of(List.of(new Mutation.Delete(Fence.TABLE, lock.name(), OptionalLong.empty()))));
        }
        now.updateAndGet(before -> before.plusMillis(1));
        Lock theirs = two.locks().acquire(item.rn());
        assertThat(theirs.token()).isGreaterThan(lock.token());
        assertThatThrownBy(() -> item.set(Thing::count, 1).commit()).isInstanceOf(LockLostException.class);
        theirs.close();
        lock.close();
    }

    @Test
    void waiting_takes_no_longer_than_was_asked_for() {
        Lock lock = one.locks().acquire(rn());
        long before = there.nanoTime();
        assertThatThrownBy(() -> two.locks().acquire(rn(), Duration.ofSeconds(10)))
                .hasMessageContaining("PT10S");
        assertThat(Duration.ofNanos(there.nanoTime() - before)).isEqualTo(Duration.ofSeconds(10));
        lock.close();
    }

    @Test
    void a_lease_is_counted_from_before_it_was_asked_for() {
        slow.set(() -> here.advance(Duration.ofSeconds(50)));
        Lock lock = one.locks().acquire(rn());
        // Renewals do not get through.
        for (int i = 1; i < 100; i++) {
            layer.fail(Call.SELECT, i, Moment.BEFORE, LockTimeTest::unavailable);
        }
        here.advance(Duration.ofSeconds(9));
        assertThat(lock.isHeld()).isTrue();
        here.advance(Duration.ofSeconds(1));
        assertThat(lock.isHeld()).as("60 s after it was asked for").isFalse();
        lock.close();
    }

    @Test
    void a_renewed_lease_is_counted_from_before_it_was_asked_for() {
        Lock lock = one.locks().acquire(rn());
        here.advance(LEASE.dividedBy(3).minusSeconds(1));
        slow.set(() -> {
            for (int i = 1; i < 100; i++) {
                layer.fail(Call.SELECT, i, Moment.BEFORE, LockTimeTest::unavailable);
            }
            here.advance(Duration.ofSeconds(30));
        });
        here.advance(Duration.ofSeconds(1));
        here.advance(Duration.ofSeconds(29));
        assertThat(lock.isHeld()).isTrue();
        here.advance(Duration.ofSeconds(1));
        assertThat(lock.isHeld()).as("60 s after it was asked for").isFalse();
        lock.close();
    }

    @Test
    void a_renewal_that_is_answered_after_the_end_of_the_lease_brings_no_lock_back() {
        Lock lock = one.locks().acquire(rn());
        AtomicInteger told = new AtomicInteger();
        lock.onLost(told::incrementAndGet);
        here.advance(LEASE.dividedBy(3).minusSeconds(1));
        slow.set(() -> here.advance(Duration.ofSeconds(45)));
        here.advance(Duration.ofSeconds(1));
        assertThat(lock.isHeld()).isFalse();
        here.advance(LEASE.dividedBy(3));
        assertThat(lock.isHeld()).isFalse();
        assertThat(told).hasValue(1);
        lock.close();
    }

    private static StoreUnavailableException unavailable(String name) {
        return new StoreUnavailableException(name, "The test says so", Outcome.NOT_APPLIED, null);
    }

    @Test
    void a_renewal_that_failed_is_made_again_long_before_the_next_is_due() {
        Lock lock = one.locks().acquire(rn());
        layer.fail(Call.SELECT, 1, Moment.BEFORE, LockTimeTest::unavailable);
        pass(LEASE.dividedBy(3), here, there);
        long before = layer.calls(Call.APPLY);
        pass(LEASE.dividedBy(20), here, there);
        assertThat(layer.calls(Call.APPLY)).isEqualTo(before + 1);
        lock.close();
    }

    @Test
    void a_program_that_is_late_to_close_its_lock_frees_nobody_elses() {
        Lock lock = one.locks().acquire(rn());
        pass(LEASE, there);
        Lock theirs = two.locks().acquire(rn());
        assertThat(lock.isHeld()).as("its clock stands still").isTrue();
        lock.close();
        assertThat(one.locks().tryAcquire(rn())).isEmpty();
        pass(LEASE, there);
        assertThat(theirs.isHeld()).isTrue();
        theirs.close();
    }

    @Test
    void a_token_is_above_all_that_the_items_layer_knows() {
        FaultyLayer items = FaultyLayer.around(MemoryLayer.on(new MemoryStore(now::get)));
        try (Pool pool = Korm.pool()
                .layer("main", layer)
                .layer("items", items)
                .withLocks("main", OPTIONS)
                .environment(here)
                .open()) {
            Item<Thing> item = Korm.item(Thing.class, pool)
                    .fromData("items", "things", "counted", new Thing("one", 0))
                    .create();
            Lock first = pool.locks().acquire(item.rn());
            first.close();
            // As if the store of the locks had been put back to an earlier state, whose clock was behind.
            long known = first.token() + 1_000_000_000_000L;
            try (Layer direct = items.open("items", here)) {
                direct.apply(Batch.of(List.of(new Mutation.Update(
                        Fence.TABLE,
                        first.name(),
                        OptionalLong.empty(),
                        List.of(Fence.SCHEMA.column(Fence.COLUMN).orElseThrow()),
                        Row.of(known)))));
            }
            assertThat(pool.locks().tryAcquire(item.rn())).isEmpty();
            try (Lock lock = pool.locks().acquire(item.rn())) {
                assertThat(lock.token()).isGreaterThan(known);
                item.set(Thing::count, 1).commit();
            }
        }
    }
}
