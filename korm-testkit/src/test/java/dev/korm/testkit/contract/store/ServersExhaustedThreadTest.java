package dev.korm.testkit.contract.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.KormException;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Layer;
import dev.korm.spi.Mutation;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Output;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.testkit.mysql.MySqlTestServer;
import dev.korm.testkit.postgres.PostgresServer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Calls by threads whose stack ends somewhere within them, at many depths, on a pool of two connections. They may fail with an error;
 * others do not miss a connection, nothing is acknowledged that was not committed, and no answer is another question's.
 */
@Timeout(120)
class ServersExhaustedThreadTest {
    private static final int DEPTHS = 100;
    private static final int MOST_ROUNDS = 20;

    /** Frames between two depths, so that some stacks end in the driver, beyond what a call asks for beforehand. */
    private static final int STRIDE = 1;

    private static final List<ColumnSchema> SHARED =
            List.of(LayerWorld.column("text"), LayerWorld.column("whole"), LayerWorld.REVISION);

    /** What is acknowledged for certain: calls that returned. */
    private final AtomicLong acknowledged = new AtomicLong();

    /** What may have been stored as well: calls that failed. */
    private final AtomicLong failed = new AtomicLong();

    private final AtomicLong next = new AtomicLong();

    private interface Call {
        void run(Layer layer);
    }

    private Mutation row() {
        int number = (int) next.incrementAndGet();
        return new Mutation.Insert(
                LayerWorld.THINGS, LayerWorld.id(number), SHARED, Row.of("number " + number, (long) number, 1L));
    }

    private void apply(Layer layer, int count) {
        List<Mutation> rows = new java.util.ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(row());
        }
        if (layer.apply(Batch.of(rows)) instanceof BatchResult.Applied) {
            acknowledged.addAndGet(count);
        }
    }

    private void prepared(Layer layer) {
        try (PreparedBatch batch = layer.prepare(Batch.of(List.of(row(), row())))) {
            batch.commit();
            acknowledged.addAndGet(2);
        }
    }

    private static long count(Layer layer) {
        try (RowCursor rows = layer.select(LayerWorld.selection(Condition.ALWAYS, new Output.Count()))) {
            rows.next();
            return (Long) rows.get(0);
        }
    }

    private static void readAll(Layer layer) {
        try (RowCursor rows = layer.select(LayerWorld.selection(
                Condition.ALWAYS, LayerWorld.value(LayerWorld.of("text")), LayerWorld.value(LayerWorld.of("whole"))))) {
            while (rows.next()) {
                if (!("number " + rows.get(1)).equals(rows.get(0))) {
                    throw new AssertionError("Columns of two rows: " + rows.get(0) + " and " + rows.get(1));
                }
            }
        }
    }

    private static void dive(int depth, Runnable work) {
        if (depth <= 0) {
            work.run();
        } else {
            dive(depth - 1, work);
        }
    }

    private static int deepest() {
        int low = 100;
        int high = 200_000;
        while (low < high - 1) {
            int middle = (low + high) / 2;
            try {
                dive(middle, () -> {});
                low = middle;
            } catch (StackOverflowError tooDeep) {
                high = middle;
            }
        }
        return low;
    }

    private void exhaust(Layer layer, Call call) throws InterruptedException {
        AtomicReference<Throwable> wrong = new AtomicReference<>();
        Thread thread = new Thread(
                null,
                () -> {
                    int depth = deepest();
                    for (int i = 0; i < DEPTHS && wrong.get() == null; i++) {
                        int deep = depth - i * STRIDE;
                        try {
                            dive(deep, () -> call.run(layer));
                        } catch (StackOverflowError | KormException | IllegalStateException expected) {
                            failed.addAndGet(4);
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

    private void look(Layer layer, AtomicReference<Throwable> wrong) {
        try {
            long before = count(layer);
            apply(layer, 1);
            apply(layer, 3);
            long after = count(layer);
            if (after != before + 4) {
                throw new AssertionError("After four more than " + before + " there are " + after);
            }
            readAll(layer);
        } catch (Throwable e) {
            wrong.compareAndSet(null, e);
        }
    }

    private Layer open(String store) {
        Duration limit = Duration.ofSeconds(3);
        return store.equals("postgres")
                ? PostgresServer.in(PostgresServer.newSchema())
                        .poolSize(2)
                        .poolTimeout(limit)
                        .open("main", Environment.system())
                : MySqlTestServer.in(MySqlTestServer.newDatabase())
                        .poolSize(2)
                        .poolTimeout(limit)
                        .open("main", Environment.system());
    }

    @ParameterizedTest
    @CsvSource({
        "postgres, one", "postgres, several", "postgres, prepared", "postgres, count", "postgres, all",
                "postgres, describe",
        "mysql, one", "mysql, several", "mysql, prepared", "mysql, count", "mysql, all", "mysql, describe"
    })
    void others_notice_nothing(String store, String name) throws Exception {
        try (Layer layer = open(store)) {
            layer.evolve(LayerWorld.schema(LayerWorld.THINGS, LayerWorld.COLUMNS), Set.of());
            Call call =
                    switch (name) {
                        case "one" -> each -> apply(each, 1);
                        case "several" -> each -> apply(each, 4);
                        case "prepared" -> this::prepared;
                        case "count" -> ServersExhaustedThreadTest::count;
                        case "all" -> ServersExhaustedThreadTest::readAll;
                        default -> each -> each.describe(LayerWorld.THINGS);
                    };
            for (int i = 0; i < 30; i++) {
                call.run(layer);
            }
            // Code that is compiled meanwhile needs less of the stack: the depths that were measured before it then
            // reach no end.
            for (int round = 0; failed.get() == 0 && round < MOST_ROUNDS; round++) {
                exhaust(layer, call);
            }
            assertThat(failed).hasPositiveValue();
            assertThat(count(layer)).isBetween(acknowledged.get(), acknowledged.get() + failed.get());
        }
    }
}
