package dev.korm.jdbc.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.StackDepth;
import dev.korm.StoreException;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.PreparedBatch;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Calls by threads whose stack ends somewhere within them, at each depth. They may fail with an error; others may not notice, nothing is
 * acknowledged that was not committed, and nobody reads what was true before.
 */
@Timeout(300)
class SqliteExhaustedThreadTest extends SqliteWorld {
    private static final int DEPTHS = 300;
    private static final int MORE_ROUNDS = 20;

    /** What is acknowledged for certain: calls that returned. */
    private final AtomicLong acknowledged = new AtomicLong();

    /** What may have been stored as well: calls that failed. */
    private final AtomicLong failed = new AtomicLong();

    private final AtomicLong next = new AtomicLong();

    private interface Call {
        void run(SqliteLayer layer);
    }

    private void one(SqliteLayer layer) {
        if (apply(layer, user(next.incrementAndGet(), "x")) instanceof BatchResult.Applied) {
            acknowledged.incrementAndGet();
        }
    }

    private void two(SqliteLayer layer) {
        if (apply(layer, user(next.incrementAndGet(), "x"), user(next.incrementAndGet(), "y"))
                instanceof BatchResult.Applied) {
            acknowledged.addAndGet(2);
        }
    }

    private void prepared(SqliteLayer layer) {
        try (PreparedBatch batch = layer.prepare(
                Batch.of(List.of(user(next.incrementAndGet(), "x"), user(next.incrementAndGet(), "y"))))) {
            batch.commit();
            acknowledged.addAndGet(2);
        }
    }

    private static void read(SqliteLayer layer) {
        count(layer);
    }

    private static void describe(SqliteLayer layer) {
        layer.describe(USERS);
    }

    /** Calls at each depth near the end of a stack, and lets another thread look after each failure. */
    private void exhaust(SqliteLayer layer, Call call) throws InterruptedException {
        AtomicReference<Throwable> wrong = new AtomicReference<>();
        Thread thread = new Thread(
                null,
                () -> {
                    int depth = StackDepth.deepest();
                    for (int i = 0; i < DEPTHS && wrong.get() == null; i++) {
                        int deep = depth - i;
                        try {
                            StackDepth.dive(deep, () -> call.run(layer));
                        } catch (StackOverflowError | StoreException expected) {
                            failed.addAndGet(2);
                            look(layer, wrong);
                        } catch (Throwable unexpected) {
                            wrong.compareAndSet(null, unexpected);
                        }
                    }
                },
                "exhausted",
                512 << 10);
        thread.start();
        thread.join();
        assertThat(wrong.get()).isNull();
    }

    private void look(SqliteLayer layer, AtomicReference<Throwable> wrong) {
        try {
            long before = count(layer);
            one(layer);
            two(layer);
            long after = count(layer);
            if (after != before + 3) {
                throw new AssertionError("After three more than " + before + " there are " + after);
            }
        } catch (Throwable e) {
            wrong.compareAndSet(null, e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"one", "two", "prepared", "read", "describe"})
    void in_a_file(String call) throws Exception {
        SqliteLayer layer = open(source().readers(2)
                .durability(Sqlite.Durability.NORMAL)
                .busyTimeout(java.time.Duration.ofSeconds(2))
                .readerTimeout(java.time.Duration.ofSeconds(2)));
        run(layer, call, 1);
        layer.close();
        long stored = Long.parseLong(
                query("SELECT count(*) FROM __items__users__basic").get(0));
        assertThat(stored).isBetween(acknowledged.get(), acknowledged.get() + failed.get());
    }

    @ParameterizedTest
    @ValueSource(strings = {"one", "two", "prepared", "read", "describe"})
    void in_memory(String call) throws Exception {
        inMemory(call, 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"one", "two", "prepared", "read", "describe"})
    @Tag("long")
    void in_memory_again_and_again(String call) throws Exception {
        inMemory(call, 5);
    }

    private void inMemory(String call, int rounds) throws Exception {
        SqliteLayer layer = open(Sqlite.memory()
                .busyTimeout(java.time.Duration.ofSeconds(2))
                .readerTimeout(java.time.Duration.ofSeconds(2)));
        run(layer, call, rounds);
        assertThat(count(layer)).isBetween(acknowledged.get(), acknowledged.get() + failed.get());
    }

    private void run(SqliteLayer layer, String name, int rounds) throws InterruptedException {
        layer.evolve(schema(USERS, NAME, REVISION), Set.of());
        Call call =
                switch (name) {
                    case "one" -> this::one;
                    case "two" -> this::two;
                    case "prepared" -> this::prepared;
                    case "read" -> SqliteExhaustedThreadTest::read;
                    default -> SqliteExhaustedThreadTest::describe;
                };
        for (int i = 0; i < 200; i++) {
            call.run(layer);
        }
        // Code that is compiled meanwhile needs less of the stack: the depths that were measured before it then reach
        // no end.
        for (int round = 0; round < rounds || (failed.get() == 0 && round < rounds + MORE_ROUNDS); round++) {
            exhaust(layer, call);
        }
        assertThat(failed).hasPositiveValue();
    }
}
