package dev.korm.testkit;

import static dev.korm.Filter.eq;
import static dev.korm.Filter.gt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Document;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.MissingReferenceException;
import dev.korm.Pool;
import dev.korm.QueryException;
import dev.korm.Rn;
import dev.korm.RnException;
import dev.korm.Stored;
import dev.korm.ValueException;
import dev.korm.testkit.memory.MemoryLayer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Items of a record that says where it is stored are not taken for items of another collection, nor others for them. */
class DeclaredCollectionTest {
    @Stored(namespace = "garage", kind = "bus")
    record Bus(String make, int seats) {}

    @Stored(namespace = "garage", kind = "car")
    record Car(String make, int year) {}

    record Trip(String to, @Nullable Rn<Bus> by, List<Rn<Car>> after) {}

    private final Pool pool = Korm.pool().layer("main", MemoryLayer.create()).open();
    private final Items<Bus> buses = Korm.item(Bus.class, pool);
    private final Items<Car> cars = Korm.item(Car.class, pool);
    private final Items<Trip> trips = Korm.item(Trip.class, pool);
    private final Item<Car> car = cars.fromData(new Car("Citroen", 2014)).create();
    private final Item<Bus> bus = buses.fromData(new Bus("Setra", 48)).create();

    @AfterEach
    void close() {
        pool.close();
    }

    private static <T> Rn<T> disguised(Rn<?> rn) {
        return Rn.parse(rn.toString());
    }

    @Test
    void an_item_of_another_collection_is_neither_read_nor_stored_nor_asked_for() {
        assertThatThrownBy(() -> buses.fromRn(disguised(car.rn())))
                .isInstanceOf(QueryException.class)
                .hasMessageContaining("garage:car")
                .hasMessageContaining("garage:bus");
        assertThatThrownBy(() -> buses.fromRn(car.rn().toString())).isInstanceOf(QueryException.class);
        assertThatThrownBy(() -> buses.fromRns(List.of(bus.rn(), disguised(car.rn()))))
                .isInstanceOf(QueryException.class);
        assertThatThrownBy(() -> buses.fromData("garage", "car", new Bus("MAN", 50)))
                .isInstanceOf(QueryException.class);
        assertThatThrownBy(() -> buses.fromQuery("garage", "car")).isInstanceOf(QueryException.class);
        assertThat(buses.fromRn(bus.rn().from("main")).get().data()).isEqualTo(bus.data());
        assertThat(Korm.item(Document.class, pool)
                        .fromRn(disguised(car.rn()))
                        .get()
                        .data()
                        .text("make"))
                .isEqualTo("Citroen");
    }

    @Test
    void a_reference_to_another_collection_is_refused_before_anything_is_stored() {
        assertThatThrownBy(() -> trip(new Trip("Rome", disguised(car.rn()), List.of())))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("garage:car")
                .hasMessageContaining("Bus");
        assertThatThrownBy(() -> trip(new Trip("Rome", null, List.of(disguised(bus.rn())))))
                .isInstanceOf(ValueException.class);
        assertThat(trips.fromQuery("travel", "trip").count()).isZero();
        Item<Trip> there = trip(new Trip("Rome", bus.rn(), List.of(car.rn())));
        assertThatThrownBy(() -> there.set(Trip::by, disguised(car.rn())).commit())
                .isInstanceOf(ValueException.class);
        assertThat(there.reload().data()).isEqualTo(there.data());
    }

    @Test
    void a_reference_that_others_stored_arrives_and_is_not_read_as_what_it_is_not() {
        Item<Document> stray = Korm.item(Document.class, pool)
                .fromData(
                        "travel",
                        "trip",
                        Document.of(Map.of("to", "Oslo", "after", List.of(), "by", disguised(car.rn()))))
                .create();
        Item<Trip> read = trips.fromRn(disguised(stray.rn())).resolvePaths("by").get();
        assertThat(read.data().by().isResolved()).isFalse();
        assertThat(read.data().by().isMissing()).isFalse();
        assertThatThrownBy(() -> trips.fromRn(disguised(stray.rn()))
                        .resolvePaths("by")
                        .requireReferences()
                        .get())
                .isInstanceOf(MissingReferenceException.class)
                .hasMessageContaining("Bus");
        assertThat(read.set(Trip::to, "Bergen").commit().data().by())
                .hasToString(car.rn().toString());
    }

    @Test
    void an_rn_is_parsed_for_a_type() {
        assertThat(Rn.parse(car.rn().toString(), Car.class)).isEqualTo(car.rn());
        assertThat(Rn.parse("[rn]:garage:car:*", Car.class).form()).isEqualTo(Rn.Form.COLLECTION);
        assertThatThrownBy(() -> Rn.parse(car.rn().toString(), Bus.class))
                .isInstanceOf(RnException.class)
                .hasMessageContaining("garage:bus");
        assertThatThrownBy(() -> Rn.parse("[rn][depot::files]:a:b", Trip.class)).isInstanceOf(RnException.class);
        assertThat(Rn.parse("[rn]:any:where:*", Trip.class).mayName(Trip.class)).isTrue();
    }

    @Test
    void conditions_that_are_given_one_after_another_all_hold() {
        cars.fromData(new Car("Citroen", 1990)).create();
        cars.fromData(new Car("Skoda", 2020)).create();
        assertThat(cars.query()
                        .where(eq(Car::make, "Citroen"))
                        .where(gt(Car::year, 2000))
                        .get())
                .extracting(Item::rn)
                .containsExactly(car.rn());
        assertThat(cars.query()
                        .where(eq(Car::make, "Citroen"))
                        .where(gt(Car::year, 2000))
                        .deleteAll())
                .isEqualTo(1);
        assertThat(cars.query().count()).isEqualTo(2);
    }

    private Item<Trip> trip(Trip data) {
        return trips.fromData("travel", "trip", data).create();
    }
}
