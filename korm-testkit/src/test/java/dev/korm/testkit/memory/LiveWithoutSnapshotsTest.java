package dev.korm.testkit.memory;

import static dev.korm.Filter.lt;
import static dev.korm.Order.asc;
import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Stored;
import dev.korm.live.LiveEvent;
import dev.korm.live.LiveQuery;
import dev.korm.spi.Capabilities;
import dev.korm.spi.Capabilities.Feature;
import dev.korm.spi.CompiledSelection;
import dev.korm.spi.Layer;
import dev.korm.spi.RowCursor;
import dev.korm.spi.evaluate.Parameters;
import dev.korm.spi.query.Selection;
import dev.korm.spi.support.ForwardingLayer;
import dev.korm.testkit.live.HeldItems;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A layer that keeps no snapshots answers a live query of several moments: what is found may be gone when it is read. */
class LiveWithoutSnapshotsTest {
    /** A car. */
    @Stored(namespace = "live", kind = "car")
    public record Car(String make, int year) {}

    /** A layer without snapshots, in which something happens between the question which items are in a limited answer and the one for their data. */
    private static final class Between extends ForwardingLayer {
        private final AtomicReference<Runnable> meanwhile = new AtomicReference<>();
        private volatile boolean asked;

        Between(Layer layer) {
            super(layer);
        }

        /** Has something happen once, between two questions that come after this. */
        void between(Runnable happens) {
            asked = false;
            meanwhile.set(happens);
        }

        @Override
        public Capabilities capabilities() {
            return super.capabilities().without(Feature.SNAPSHOTS);
        }

        @Override
        public RowCursor select(Selection selection) {
            if (selection.limit().isPresent()) {
                asked = true;
            } else if (asked) {
                asked = false;
                Runnable once = meanwhile.getAndSet(null);
                if (once != null) {
                    once.run();
                }
            }
            return layer().select(selection);
        }

        @Override
        public CompiledSelection compile(Selection selection) {
            return constants -> select(Parameters.bind(selection, constants));
        }
    }

    @Test
    void what_is_deleted_before_it_is_read_is_not_told_of_and_all_else_is() {
        AtomicReference<Between> layer = new AtomicReference<>();
        try (Pool pool = Korm.pool()
                .layer("main", (name, environment) -> {
                    Between between = new Between(MemoryLayer.create().open(name, environment));
                    layer.set(between);
                    return between;
                })
                .open()) {
            Items<Car> cars = Korm.item(Car.class, pool);
            Item<Car> before = cars.fromData(new Car("before", 2000)).create();
            HeldItems<Car> held = new HeldItems<>();
            try (LiveQuery<Car> live =
                    cars.query().orderBy(asc(Car::year)).limit(3).live(held)) {
                held.await(items -> items.equals(List.of(before)));
                layer.get()
                        .between(() -> cars.query().where(lt(Car::year, 2000)).deleteAll());
                pool.runTransaction(tx -> {
                    tx.create(cars.fromData(new Car("gone", 1990)));
                    tx.create(cars.fromData(new Car("after", 2010)));
                });
                held.await(items -> items.size() == 2);
                assertThat(held.items()).extracting(item -> item.data().make()).containsExactly("before", "after");
                assertThat(held.events()).hasExactlyElementsOfTypes(LiveEvent.Snapshot.class, LiveEvent.Entered.class);
                before.delete();
                held.await(items -> items.size() == 1);
                assertThat(held.failures()).isEmpty();
                assertThat(live.isClosed()).isFalse();
            }
        }
    }
}
