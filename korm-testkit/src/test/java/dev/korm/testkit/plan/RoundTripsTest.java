package dev.korm.testkit.plan;

import static dev.korm.Filter.eq;
import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.jdbc.Sqlite;
import dev.korm.testkit.fault.FaultyLayer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How often a store is asked, once its tables are known. */
class RoundTripsTest {
    private static final int TRIPS = 100;

    record Town(String name) {}

    record Driver(String name, Optional<Rn<Town>> home) {}

    record Trip(int number, Rn<Driver> driver) {}

    private final FaultyLayer layer = FaultyLayer.around(Sqlite.memory());
    private Pool pool;
    private Items<Driver> drivers;
    private Items<Trip> trips;

    @BeforeEach
    void fill() {
        pool = Korm.pool().layer("main", layer).open();
        drivers = Korm.item(Driver.class, pool);
        trips = Korm.item(Trip.class, pool);
        List<FloatingItem<Town>> towns = new ArrayList<>();
        for (int i = 0; i < TRIPS; i++) {
            towns.add(Korm.item(Town.class, pool).fromData("places", "town", new Town("Town " + i)));
        }
        List<FloatingItem<Driver>> people = new ArrayList<>();
        for (Item<Town> town : Korm.createAll(towns)) {
            people.add(drivers.fromData("people", "driver", new Driver("Driver", Optional.of(town.rn()))));
        }
        List<FloatingItem<Trip>> journeys = new ArrayList<>();
        for (Item<Driver> driver : Korm.createAll(people)) {
            journeys.add(trips.fromData("trips", "day", new Trip(journeys.size(), driver.rn())));
        }
        Korm.createAll(journeys);
        trips.fromQuery("trips", "day").resolvePaths("driver.home").get();
        layer.reset();
    }

    @AfterEach
    void close() {
        pool.close();
    }

    @Test
    void a_hundred_references_are_resolved_in_one_round_trip_more() {
        assertThat(trips.fromQuery("trips", "day").get()).hasSize(TRIPS);
        assertThat(layer.roundTrips()).isEqualTo(1);
        layer.reset();
        List<Item<Trip>> resolved =
                trips.fromQuery("trips", "day").resolvePaths("driver").get();
        assertThat(resolved)
                .hasSize(TRIPS)
                .allMatch(trip -> trip.data().driver().isResolved());
        assertThat(layer.roundTrips()).isEqualTo(2);
    }

    @Test
    void each_level_of_references_is_one_round_trip_more() {
        List<Item<Trip>> resolved =
                trips.fromQuery("trips", "day").resolvePaths("driver.home").get();
        assertThat(resolved)
                .hasSize(TRIPS)
                .allMatch(
                        trip -> trip.data().driver().get().home().orElseThrow().isResolved());
        assertThat(layer.roundTrips()).isEqualTo(3);
    }

    @Test
    void an_item_is_read_in_one_round_trip() {
        Item<Trip> trip =
                trips.fromQuery("trips", "day").where(eq("number", 7)).get().get(0);
        assertThat(layer.roundTrips()).isEqualTo(1);
        layer.reset();
        assertThat(trips.fromRn(trip.rn()).get()).isEqualTo(trip);
        assertThat(layer.roundTrips()).isEqualTo(1);
    }

    @Test
    void items_are_created_in_one_round_trip_however_many() {
        drivers.fromData("people", "driver", new Driver("One", Optional.empty()))
                .create();
        assertThat(layer.roundTrips()).isEqualTo(1);
        layer.reset();
        List<FloatingItem<Driver>> many = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            many.add(drivers.fromData("people", "driver", new Driver("Of many", Optional.empty())));
        }
        Korm.createAll(many);
        assertThat(layer.roundTrips()).isEqualTo(1);
    }
}
