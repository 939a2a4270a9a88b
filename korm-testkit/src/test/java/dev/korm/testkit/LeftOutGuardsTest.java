package dev.korm.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.lock.Lock;
import dev.korm.lock.LockLostException;
import dev.korm.lock.LockOptions;
import dev.korm.spi.Batch;
import dev.korm.spi.Layer;
import dev.korm.spi.LayerSource;
import dev.korm.spi.Mutation;
import dev.korm.spi.environment.Environment;
import dev.korm.testkit.fault.VirtualEnvironment;
import dev.korm.testkit.memory.MemoryLayer;
import dev.korm.testkit.memory.MemoryStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two programs whose transactions and locks come between each other's steps at random. Nothing is wrong with what they do, unless a guard is left out below
 * them, which has to be noticed: then it is the guard that keeps it right.
 */
@NullUnmarked // Tests dereference what they expect to be there.
class LeftOutGuardsTest {
    private static final Duration LEASE = Duration.ofSeconds(60);
    private static final int STEPS = 40;

    /** A guard that a layer leaves out. */
    enum LeftOut {
        /** The token of a lock is not checked by the write. */
        FENCE,
        /** An item that was read may have changed. */
        REVISION,
        /** An item that was not there may be there. */
        ABSENCE,
        /** A lease of somebody else's is taken for over. */
        LEASE
    }

    /** A number. */
    @Stored(namespace = "numbers", kind = "number")
    record Count(int value) {}

    @Test
    void transactions_and_locks_are_right_whoever_comes_between() {
        Random random = Seed.random(LeftOutGuardsTest.class);
        for (int world = 0; world < 20; world++) {
            long seed = random.nextLong();
            try (World made = new World(seed, null)) {
                assertThat(made.run()).as("world of seed " + seed).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_guard_that_is_left_out_is_noticed(LeftOut guard) {
        Random random = Seed.random(LeftOutGuardsTest.class);
        Optional<String> problem = Optional.empty();
        for (int world = 0; world < 20 && problem.isEmpty(); world++) {
            try (World made = new World(random.nextLong(), guard)) {
                problem = made.run();
            }
        }
        System.out.println(guard + " is noticed: " + problem);
        assertThat(problem).isPresent();
    }

    private static final class World implements AutoCloseable {
        private final Random random;
        private final @Nullable LeftOut leftOut;
        private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2031-05-05T05:05:05Z"));
        private final MemoryStore store = new MemoryStore(now::get);
        private final VirtualEnvironment here;
        private final VirtualEnvironment there;
        private final Pool one;
        private final Pool two;
        private int last;

        World(long seed, @Nullable LeftOut leftOut) {
            this.random = new Random(seed);
            this.leftOut = leftOut;
            here = VirtualEnvironment.seeded(random.nextLong());
            there = VirtualEnvironment.seeded(random.nextLong());
            one = pool(here);
            two = pool(there);
        }

        private Pool pool(Environment environment) {
            LayerSource source = MemoryLayer.on(store);
            return Korm.pool()
                    .layer("main", (name, opened) -> guarded(source.open(name, opened)))
                    .withLocks("main", LockOptions.defaults().withLease(LEASE))
                    .environment(environment)
                    .open();
        }

        private Layer guarded(Layer layer) {
            return (Layer) Proxy.newProxyInstance(
                    World.class.getClassLoader(), new Class<?>[] {Layer.class}, (proxy, method, arguments) -> {
                        Object[] passed = arguments == null ? null : arguments.clone();
                        if (passed != null && passed.length > 0 && passed[0] instanceof Batch batch) {
                            passed[0] = new Batch(
                                    batch.mutations().stream()
                                            .filter(mutation -> !isLeftOut(mutation))
                                            .toList(),
                                    batch.marker());
                        }
                        try {
                            return method.invoke(layer, passed);
                        } catch (InvocationTargetException failed) {
                            throw failed.getCause();
                        }
                    });
        }

        private boolean isLeftOut(Mutation mutation) {
            return (leftOut == LeftOut.FENCE && mutation instanceof Mutation.RequireFence)
                    || (leftOut == LeftOut.REVISION && mutation instanceof Mutation.RequireRevision)
                    || (leftOut == LeftOut.ABSENCE && mutation instanceof Mutation.RequireNone);
        }

        /** Returns what is wrong, if anything is. */
        Optional<String> run() {
            for (int step = 0; step < STEPS; step++) {
                Optional<String> problem =
                        switch (random.nextInt(3)) {
                            case 0 -> copy();
                            case 1 -> hold();
                            default -> compete();
                        };
                if (problem.isPresent()) {
                    return problem;
                }
            }
            return Optional.empty();
        }

        private Item<Count> created(Pool pool) {
            return items(pool).fromData(new Count(++last)).create();
        }

        private static Items<Count> items(Pool pool) {
            return Korm.item(Count.class, pool);
        }

        /** Copies a number in a transaction, which another program may change or make meanwhile. */
        private Optional<String> copy() {
            boolean isThere = random.nextBoolean();
            FloatingItem<Count> late = items(two).fromData(new Count(++last));
            Rn<Count> read = isThere ? created(one).rn() : late.rn();
            Rn<Count> written = created(one).rn();
            int[] disturbances = {random.nextInt(3)};
            one.transaction(tx -> {
                int value = tx.item(Count.class)
                        .fromRn(read)
                        .find()
                        .map(item -> item.data().value())
                        .orElse(0);
                if (disturbances[0]-- > 0) {
                    items(two)
                            .fromRn(read)
                            .find()
                            .ifPresentOrElse(
                                    item -> item.set(Count::value, ++last).commit(), late::create);
                }
                return tx.item(Count.class)
                        .fromRn(written)
                        .get()
                        .set(Count::value, value)
                        .commit();
            });
            int expected = items(one)
                    .fromRn(read)
                    .find()
                    .map(item -> item.data().value())
                    .orElse(0);
            int found = items(one).fromRn(written).get().data().value();
            return found == expected
                    ? Optional.empty()
                    : Optional.of("A transaction has copied " + found + ", and " + expected + " was there at its end");
        }

        /** Writes under a lock; the program may be stopped until it is over, and somebody else has written. */
        private Optional<String> hold() {
            Rn<Count> rn = created(one).rn();
            boolean stops = random.nextBoolean();
            Lock lock = one.locks().acquire(rn);
            if (stops) {
                pass(LEASE.plusSeconds(1));
                try (Lock theirs = two.locks().acquire(rn)) {
                    items(two).fromRn(rn).get().set(Count::value, ++last).commit();
                }
            }
            try (lock) {
                items(one).fromRn(rn).get().set(Count::value, ++last).commit();
                return stops ? Optional.of("Somebody has written after the end of his lock") : Optional.empty();
            } catch (LockLostException lost) {
                return stops ? Optional.empty() : Optional.of("Somebody has lost his lock before its end: " + lost);
            }
        }

        private void pass(Duration time) {
            now.updateAndGet(before -> before.plus(time));
            there.advance(time);
        }

        /** Asks for a lock that somebody else has. */
        private Optional<String> compete() {
            Rn<Count> rn = created(one).rn();
            try (Lock held = one.locks().acquire(rn)) {
                Instant before = now.get();
                if (leftOut == LeftOut.LEASE) {
                    now.set(before.plus(LEASE).plusSeconds(1));
                }
                Optional<Lock> another = two.locks().tryAcquire(rn);
                now.set(before);
                another.ifPresent(Lock::close);
                return another.isEmpty() ? Optional.empty() : Optional.of("Two have a lock: " + held.name());
            }
        }

        @Override
        public void close() {
            one.close();
            two.close();
        }
    }
}
