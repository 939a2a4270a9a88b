package dev.korm.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.korm.Change;
import dev.korm.ClosedException;
import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.OperationInterruptedException;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.lock.Lock;
import dev.korm.lock.LockLostException;
import dev.korm.lock.LockSet;
import dev.korm.spi.Batch;
import dev.korm.spi.Layer;
import dev.korm.spi.LayerSource;
import dev.korm.spi.Mutation;
import dev.korm.spi.environment.Environment;
import dev.korm.testkit.memory.MemoryLayer;
import dev.korm.testkit.memory.MemoryStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two programs of which one comes between two steps of the other: after it has looked, and before its batch reaches the store. */
@NullUnmarked // Tests dereference what they expect to be there.
class LockRaceTest {
    private final MemoryStore store = new MemoryStore(Clock.systemUTC());
    private final AtomicReference<Runnable> between = new AtomicReference<>(() -> {});
    private final List<List<String>> fences = Collections.synchronizedList(new ArrayList<>());
    private final Pool one = pool(this::interrupted);
    private final Pool two = pool((name, environment) -> MemoryLayer.on(store).open(name, environment));

    /** A thing that is counted. */
    @Stored(namespace = "things", kind = "counted")
    record Thing(int count) {}

    @AfterEach
    void close() {
        one.close();
        two.close();
    }

    private static Pool pool(LayerSource source) {
        return Korm.pool().layer("main", source).withLocks("main").open();
    }

    /** Returns the layer of the first program, before whose next batch something else happens. */
    private Layer interrupted(String name, Environment environment) {
        Layer layer = MemoryLayer.on(store).open(name, environment);
        return (Layer) Proxy.newProxyInstance(
                LockRaceTest.class.getClassLoader(), new Class<?>[] {Layer.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("apply")) {
                        between.getAndSet(() -> {}).run();
                        fences.add(((Batch) arguments[0])
                                .mutations().stream()
                                        .filter(Mutation.RequireFence.class::isInstance)
                                        .map(required -> ((Mutation.RequireFence) required)
                                                .fence()
                                                .lock())
                                        .toList());
                    }
                    try {
                        return method.invoke(layer, arguments);
                    } catch (InvocationTargetException failed) {
                        throw failed.getCause();
                    }
                });
    }

    private static Rn<Thing> rn() {
        return Rn.item("things", "counted", UUID.randomUUID());
    }

    @Test
    void of_two_who_see_a_lock_free_one_gets_it() {
        Rn<Thing> rn = rn();
        List<Lock> theirs = new ArrayList<>();
        // It has no row yet, and then one that is free.
        for (int round = 0; round < 2; round++) {
            between.set(() -> theirs.add(two.locks().acquire(rn)));
            assertThat(one.locks().tryAcquire(rn)).isEmpty();
            assertThat(theirs).singleElement().satisfies(lock -> {
                assertThat(lock.isHeld()).isTrue();
                lock.close();
            });
            theirs.clear();
        }
        one.locks().acquire(rn).close();
    }

    @Test
    void a_write_that_reaches_the_store_after_its_lock_was_closed_is_refused() {
        Item<Thing> item = Korm.item(Thing.class, one).fromData(new Thing(0)).create();
        Lock lock = one.locks().acquire(item.rn());
        between.set(lock::close);
        assertThatExceptionOfType(LockLostException.class)
                .isThrownBy(() -> item.set(Thing::count, 1).commit())
                .withMessageContaining("closed meanwhile");
        assertThat(item.reload().data().count()).isZero();
        item.set(Thing::count, 2).commit();
    }

    @Test
    void fences_are_asked_for_in_one_order_by_everybody() {
        List<Item<Thing>> items = Stream.generate(
                        () -> Korm.item(Thing.class, one).fromData(new Thing(0)).create())
                .limit(6)
                .toList();
        List<String> names;
        try (LockSet locks = one.locks().acquireAll(items.stream().map(Item::rn).toList())) {
            names = locks.locks().stream().map(Lock::name).sorted().toList();
            fences.clear();
            Korm.tx(items.stream().map(item -> item.set(Thing::count, 1)).toArray(Change<?>[]::new))
                    .persist();
        }
        assertThat(fences.get(0)).isEqualTo(names);
    }

    @Test
    void a_set_is_taken_in_one_order_by_everybody() {
        List<Rn<Thing>> rns = Stream.generate(LockRaceTest::rn).limit(6).toList();
        List<String> order;
        try (LockSet locks = one.locks().acquireAll(rns)) {
            order = locks.locks().stream().map(Lock::name).toList();
        }
        assertThat(order).isSorted().hasSize(6);
    }

    @Test
    void who_is_interrupted_gets_no_lock_also_where_no_store_is_asked() {
        try (Pool alone = Korm.pool().layer("main", MemoryLayer.on(store)).open()) {
            Rn<Thing> rn = rn();
            Thread.currentThread().interrupt();
            try {
                assertThatExceptionOfType(OperationInterruptedException.class)
                        .isThrownBy(() -> alone.locks().tryAcquire(rn));
                assertThatExceptionOfType(OperationInterruptedException.class)
                        .isThrownBy(() -> alone.locks().acquire(rn, Duration.ofSeconds(1)));
            } finally {
                assertThat(Thread.interrupted()).as("the flag is kept").isTrue();
            }
            alone.locks().acquire(rn, Duration.ZERO).close();
        }
    }

    @Test
    void a_lock_that_is_acquired_while_its_pool_is_closed_is_not_held() throws Exception {
        Rn<Thing> rn = rn();
        one.locks().acquire(rn()).isHeld();
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch closing = new CountDownLatch(1);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            between.set(() -> {
                asked.countDown();
                await(closing);
            });
            Future<Lock> acquiring = thread.submit(() -> one.locks().acquire(rn));
            await(asked);
            // While the pool releases the lock that it has, the other one is had.
            between.set(() -> {
                closing.countDown();
                assertThatExceptionOfType(ExecutionException.class)
                        .isThrownBy(() -> acquiring.get(60, TimeUnit.SECONDS))
                        .withCauseInstanceOf(ClosedException.class);
            });
            one.close();
        } finally {
            closing.countDown();
            thread.shutdownNow();
        }
        two.locks().acquire(rn, Duration.ZERO).close();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }
}
