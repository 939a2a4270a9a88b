package dev.korm.testkit.connection;

import static dev.korm.Filter.eq;
import static dev.korm.Filter.gte;
import static dev.korm.Order.asc;
import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Query;
import dev.korm.Rn;
import dev.korm.StoreException;
import dev.korm.StoreUnavailableException;
import dev.korm.jdbc.MySql;
import dev.korm.jdbc.Postgres;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.mysql.MySqlTestServer;
import dev.korm.testkit.postgres.PostgresServer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever a driver throws while something is read, the connection goes back and the layer stays usable. */
@NullUnmarked // Tests dereference what they expect to be there.
class ThrowingDriverTest {
    record Owner(String name) {}

    private static void look(Item<Car> car) {
        assertThat(car.revision()).isPositive();
    }

    record Car(int number, List<String> tags, Rn<Owner> owner, List<Rn<Owner>> drivers) {}

    private enum Store {
        POSTGRES {
            @Override
            BoundedDataSource connections() {
                return BoundedDataSource.of(PostgresServer.driverUrl(), 1);
            }

            @Override
            LayerSource over(BoundedDataSource connections) {
                return Postgres.dataSource(connections).schema(PostgresServer.newSchema());
            }
        },
        MYSQL {
            @Override
            BoundedDataSource connections() {
                return BoundedDataSource.of(MySqlTestServer.driverUrl(MySqlTestServer.newDatabase()), 1);
            }

            @Override
            LayerSource over(BoundedDataSource connections) {
                return MySql.dataSource(connections);
            }
        };

        abstract BoundedDataSource connections();

        abstract LayerSource over(BoundedDataSource connections);
    }

    @ParameterizedTest
    @EnumSource
    void an_error_of_the_driver_loses_no_connection(Store store) throws SQLException {
        BoundedDataSource connections = store.connections();
        try (Pool pool = Korm.pool().layer("main", store.over(connections)).open()) {
            Items<Car> cars = Korm.item(Car.class, pool);
            Rn<Owner> owner = Korm.item(Owner.class, pool)
                    .fromData("people", "owner", new Owner("Fred"))
                    .create()
                    .rn();
            List<FloatingItem<Car>> all = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                all.add(cars.fromData("cars", "car", new Car(i, List.of("a", "b"), owner, List.of(owner))));
            }
            Korm.createAll(all);
            Query<Car> query = cars.fromQuery("cars", "car");
            // The streams are not closed: what fails gives back by itself what it held.
            List<Consumer<Query<Car>>> reads = List.of(
                    each -> each.get(),
                    each -> each.limit(1).get(),
                    each -> each.orderBy(asc("number")).stream().forEach(ThrowingDriverTest::look),
                    each -> each.resolvePaths("owner").stream().forEach(ThrowingDriverTest::look),
                    each -> each.where(eq("tags[*]", "b")).stream().forEach(ThrowingDriverTest::look),
                    each -> each.where(eq("drivers[*].name", "Fred")).stream().forEach(ThrowingDriverTest::look),
                    each -> each.where(gte("owner.name", "A")).max("owner.name"),
                    each -> each.page(3));
            for (Consumer<Query<Car>> read : reads) {
                for (String method : List.of("setObject", "executeQuery", "next", "getObject", "getString", "close")) {
                    StackOverflowError thrown = new StackOverflowError("because the test says so");
                    connections.fail(method, thrown);
                    try {
                        read.accept(query);
                        connections.heal();
                    } catch (StackOverflowError expected) {
                        assertThat(expected).isSameAs(thrown);
                        assertThat(connections.open())
                                .as("a connection that is in the middle of something is not used again")
                                .isZero();
                    }
                    assertThat(connections.inUse())
                            .as("after %s of read %d", method, reads.indexOf(read))
                            .isZero();
                    assertThat(query.count()).isEqualTo(300);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_an_error_of_the_database_means_is_found_out_with_the_only_connection(Store store) {
        BoundedDataSource connections = store.connections();
        try (Pool pool = Korm.pool().layer("main", store.over(connections)).open()) {
            Items<Car> cars = Korm.item(Car.class, pool);
            cars.fromData("cars", "car", new Car(1, List.of("a"), null, List.of()))
                    .create();
            Query<Car> query = cars.fromQuery("cars", "car");
            for (Consumer<Query<Car>> read : List.<Consumer<Query<Car>>>of(
                    each -> each.get(),
                    each -> each.orderBy(asc("number")).get(),
                    each -> each.where(eq("tags[*]", "a")).get(),
                    each -> each.where(eq("drivers[*].name", "Fred")).get())) {
                for (String method : List.of("executeQuery", "next", "getString")) {
                    // Says that a table is missing, which is then looked for.
                    connections.fail(method, new SQLException("because the test says so", "42S02", 1146));
                    if (store == Store.POSTGRES) {
                        connections.fail(method, new SQLException("because the test says so", "42P01"));
                    }
                    try {
                        read.accept(query);
                        connections.heal();
                    } catch (StoreException expected) {
                        assertThat(expected).isNotInstanceOf(StoreUnavailableException.class);
                    }
                    assertThat(connections.inUse()).isZero();
                }
            }
        }
    }
}
