package dev.korm.testkit.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.korm.FloatingItem;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Stored;
import dev.korm.event.PoolListener;
import dev.korm.event.SentStatement;
import dev.korm.jdbc.Sqlite;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** A transaction of one item beside the creation of that item: the same statements, and little more memory. */
class TransactionCostTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int ROUNDS = 12;
    private static final int CALLS = 400;

    @Stored(namespace = "cars", kind = "suv")
    record Car(String make, int lot, double price) {}

    private int next;

    private FloatingItem<Car> car(Items<Car> cars) {
        return cars.fromData(new Car("Fiat", next++, 1.5));
    }

    @Test
    void a_transaction_of_one_item_sends_what_its_creation_sends() {
        List<SentStatement> sent = new CopyOnWriteArrayList<>();
        PoolListener listener = new PoolListener() {
            @Override
            public void statement(SentStatement statement) {
                sent.add(statement);
            }
        };
        try (Pool pool =
                Korm.pool().layer("main", Sqlite.memory()).listener(listener).open()) {
            Items<Car> cars = Korm.item(Car.class, pool);
            car(cars).create();
            sent.clear();
            car(cars).create();
            List<String> alone = texts(sent);
            sent.clear();
            pool.transaction(tx -> tx.create(car(tx.item(Car.class))));
            assertThat(texts(sent)).isEqualTo(alone).isNotEmpty();
        }
    }

    private static List<String> texts(List<SentStatement> sent) {
        return sent.stream().map(SentStatement::text).toList();
    }

    /** What is made for reading within a transaction is made when something is read. */
    @Test
    void a_transaction_of_one_item_allocates_little_more_than_its_creation() {
        try (Pool pool = Korm.pool().layer("main", Sqlite.memory()).open()) {
            Items<Car> cars = Korm.item(Car.class, pool);
            List<Double> ratios = new ArrayList<>();
            for (int i = 0; i < ROUNDS; i++) {
                long alone = allocated(() -> car(cars).create());
                long within = allocated(() -> pool.transaction(tx -> tx.create(car(cars))));
                ratios.add((double) within / alone);
            }
            // The first rounds make what is made once. It was 1.8 when all was made at once.
            assertThat(ratios.subList(ROUNDS / 2, ROUNDS)).as("in turns").allMatch(ratio -> ratio < 1.35);
        }
    }

    private static long allocated(Runnable call) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < CALLS; i++) {
            call.run();
        }
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
}
