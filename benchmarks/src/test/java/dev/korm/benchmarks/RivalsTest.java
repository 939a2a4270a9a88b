package dev.korm.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Item;
import dev.korm.benchmarks.rival.Car;
import dev.korm.benchmarks.rival.Rivals;
import dev.korm.benchmarks.rival.Row;
import dev.korm.benchmarks.rival.Store;
import dev.korm.benchmarks.rival.World;
import dev.korm.benchmarks.task.AtomicChanges;
import dev.korm.benchmarks.task.Create;
import dev.korm.benchmarks.task.CreateMany;
import dev.korm.benchmarks.task.CreateManyWithHistory;
import dev.korm.benchmarks.task.CreateTogether;
import dev.korm.benchmarks.task.CreateWithHistory;
import dev.korm.benchmarks.task.Delete;
import dev.korm.benchmarks.task.FilteredScan;
import dev.korm.benchmarks.task.IndexedQuery;
import dev.korm.benchmarks.task.PointRead;
import dev.korm.benchmarks.task.Reseal;
import dev.korm.benchmarks.task.ResolveReferences;
import dev.korm.benchmarks.task.SealedRead;
import dev.korm.benchmarks.task.TransactionOfOne;
import dev.korm.benchmarks.task.Trip;
import dev.korm.benchmarks.task.Update;
import dev.korm.benchmarks.task.UpdateWithHistory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Runs everything that is measured once, on a small file, so that it does not rot, and holds the rivals to one answer. */
class RivalsTest {
    private static final int SIZE = 1000;

    /** What an item of korm and a row of the rival have in common. */
    private static Object content(Object one) {
        if (one instanceof Row row) {
            return row.car();
        }
        if (one instanceof ResolveReferences.HandTrip trip) {
            return List.of(trip.destination(), trip.driver().driver());
        }
        Object data = ((Item<?>) one).data();
        return data instanceof Trip trip
                ? List.of(trip.destination(), trip.driver().get())
                : data;
    }

    private static List<Object> contents(Object answer) {
        List<?> items = answer instanceof List<?> list ? list : List.of(answer);
        return items.stream().map(RivalsTest::content).toList();
    }

    private interface Comparison {
        void of(List<Object> korm, List<Object> jdbc);
    }

    private static void run(Rivals rivals, Comparison comparison) throws Exception {
        rivals.size = SIZE;
        rivals.open();
        try {
            comparison.of(contents(rivals.korm()), contents(rivals.jdbc()));
        } finally {
            rivals.close();
        }
    }

    @Test
    void both_change_two_files() throws Exception {
        try (AtomicChanges changes = new AtomicChanges(Store.SQLITE)) {
            assertThat(changes.alone(Duration.ofMillis(1))).isPositive();
            assertThat(changes.aloneByHand(Duration.ofMillis(1))).isPositive();
            assertThat(changes.together(4, Duration.ofMillis(1))).isPositive();
            assertThat(changes.createsTogether(4, Duration.ofMillis(1))).isPositive();
        }
    }

    @Test
    void unfinished_changes_are_left_and_settled() throws Exception {
        try (RecoverySpeed recovery = new RecoverySpeed()) {
            recovery.leave(50, false);
            assertThat(recovery.open(50)).isPositive();
            recovery.leave(50, true);
            assertThat(recovery.open(50)).isPositive();
            assertThat(recovery.open(0)).isPositive();
        }
    }

    @Test
    void both_read_an_item() throws Exception {
        run(new PointRead(), (korm, jdbc) -> {
            // Each takes the next item of the same row.
            assertThat(korm).containsExactly(Car.number(919));
            assertThat(jdbc).containsExactly(Car.number(838));
        });
    }

    @Test
    void both_find_ten_items_by_an_index() throws Exception {
        run(new IndexedQuery(), (korm, jdbc) -> {
            assertThat(korm).hasSize(10).allMatch(car -> ((Car) car).lot() == 19);
            assertThat(jdbc).hasSize(10).allMatch(car -> ((Car) car).lot() == 38);
        });
    }

    @Test
    void both_find_one_item_in_a_hundred() throws Exception {
        run(new FilteredScan(), (korm, jdbc) -> {
            assertThat(korm).hasSize(SIZE / 100).allMatch(car -> ((Car) car).bucket() == 1);
            assertThat(jdbc).hasSize(SIZE / 100).allMatch(car -> ((Car) car).bucket() == 2);
        });
    }

    @Test
    void both_resolve_a_hundred_references() throws Exception {
        run(
                new ResolveReferences(),
                (korm, jdbc) -> assertThat(korm).hasSize(100).containsExactlyElementsOf(jdbc));
    }

    @Test
    void both_open_ten_secrets() throws Exception {
        SealedRead read = new SealedRead();
        read.size = SIZE;
        read.open();
        try {
            assertThat(read.korm()).hasSize(10).contains(SealedRead.vin(190));
            assertThat(read.jdbc()).hasSize(10).contains(SealedRead.vin(380));
        } finally {
            read.close();
        }
    }

    @Test
    void both_seal_anew() throws Exception {
        Reseal reseal = new Reseal();
        reseal.open();
        assertThat(reseal.korm()).isGreaterThan(Reseal.VALUES * 400);
        assertThat(reseal.jdbc()).isGreaterThan(Reseal.VALUES * 200);
    }

    @Test
    void both_create_an_item() throws Exception {
        run(new Create(), (korm, jdbc) -> {
            assertThat(korm).containsExactly(Car.number(0));
            assertThat(jdbc).containsExactly(Car.number(1));
        });
    }

    @Test
    void both_change_an_item() throws Exception {
        Update update = new Update();
        update.size = SIZE;
        update.open();
        try {
            Item<Car> first = update.korm();
            assertThat(first.data().price()).isEqualTo(1.5);
            assertThat(first.revision()).isEqualTo(first.reload().revision());
            assertThat(update.jdbc()).isGreaterThan(1);
        } finally {
            update.close();
        }
    }

    @Test
    void both_delete_an_item() throws Exception {
        Delete delete = new Delete();
        delete.size = SIZE;
        delete.open();
        try {
            assertThat(delete.korm().rn().id()).isNotEqualTo(Optional.of(delete.jdbc()));
        } finally {
            delete.close();
        }
    }

    @Test
    void both_create_an_item_in_a_transaction() throws Exception {
        run(new TransactionOfOne(), (korm, jdbc) -> {
            assertThat(korm).containsExactly(Car.number(0));
            assertThat(jdbc).containsExactly(Car.number(1));
        });
    }

    @Test
    void both_create_a_thousand_items() throws Exception {
        run(new CreateMany(), (korm, jdbc) -> {
            assertThat(korm).hasSize(1000).startsWith(Car.number(0));
            assertThat(jdbc).hasSize(1000).startsWith(Car.number(1000));
        });
    }

    @Test
    void both_create_an_item_with_history_and_without() throws Exception {
        run(new CreateWithHistory(), (korm, jdbc) -> {
            assertThat(korm).containsExactly(Car.number(0));
            assertThat(jdbc).containsExactly(Car.number(1));
        });
    }

    @Test
    void both_change_an_item_with_history_and_without() throws Exception {
        run(new UpdateWithHistory(), (korm, jdbc) -> {
            assertThat(korm).singleElement().matches(car -> ((Car) car).price() == 0.5);
            assertThat(jdbc).singleElement().matches(car -> ((Car) car).price() == 1.5);
        });
    }

    @Test
    void both_create_a_thousand_items_with_history_and_without() throws Exception {
        run(new CreateManyWithHistory(), (korm, jdbc) -> {
            assertThat(korm).hasSize(1000).startsWith(Car.number(0));
            assertThat(jdbc).hasSize(1000).startsWith(Car.number(1));
        });
    }

    @Test
    void all_create_from_many_threads() throws Exception {
        try (CreateTogether together = new CreateTogether(Store.SQLITE, SIZE, 4)) {
            assertThat(together.korm(Duration.ZERO)).isPositive();
            assertThat(together.ownConnections(Duration.ZERO)).isPositive();
            assertThat(together.sharedConnection(Duration.ZERO)).isPositive();
            assertThat(together.batches(Duration.ZERO)).isPositive();
        }
    }

    @Test
    void both_start_and_read_an_item() throws Exception {
        try (World world = new World(SIZE)) {
            String rn = world.cars().get(0).toString();
            StartUp.Times korm = StartUp.korm(world.file(), rn);
            StartUp.Times jdbc = StartUp.jdbc(world.file(), rn);
            assertThat(korm.read()).isGreaterThanOrEqualTo(korm.open());
            assertThat(jdbc.read()).isGreaterThanOrEqualTo(jdbc.open());
        }
    }
}
