package dev.korm.testkit.plan;

import static dev.korm.Filter.eq;
import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Stored;
import dev.korm.jdbc.MySql;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.connection.CuttingProxy;
import dev.korm.testkit.mysql.MySqlTestServer;
import dev.korm.testkit.postgres.PostgresServer;
import java.net.URI;
import java.util.function.IntFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How often a server is waited for on the wire, once its tables and the statements are known. */
class WireRoundTripsTest {
    /** So often a driver has a statement run before it prepares it for good. */
    private static final int WARM = 12;

    @Stored(namespace = "cars", kind = "suv")
    record Car(String make, int lot) {}

    private enum Server {
        POSTGRES(1) {
            @Override
            int port() {
                return PostgresServer.port();
            }

            @Override
            IntFunction<LayerSource> source() {
                String schema = PostgresServer.newSchema();
                return port -> PostgresServer.in(schema, port);
            }
        },
        MARIADB(2) {
            @Override
            int port() {
                return address(MySqlTestServer.url("any")).getPort();
            }

            @Override
            IntFunction<LayerSource> source() {
                String url = MySqlTestServer.url(MySqlTestServer.newDatabase());
                return port -> MySql.url(url.replace(":" + address(url).getPort() + "/", ":" + port + "/"));
            }

            private static URI address(String url) {
                return URI.create(url.startsWith("jdbc:") ? url.substring("jdbc:".length()) : url);
            }
        };

        /** The change; and, where the server takes a value of another kind without a word, a look at the columns. */
        final int change;

        Server(int change) {
            this.change = change;
        }

        abstract int port();

        /** The same place, reached by any port. */
        abstract IntFunction<LayerSource> source();
    }

    private interface Act {
        void run();
    }

    private static long trips(CuttingProxy proxy, Act act) {
        for (int i = 0; i < WARM; i++) {
            act.run();
        }
        long before = proxy.roundTrips();
        act.run();
        return proxy.roundTrips() - before;
    }

    @ParameterizedTest
    @EnumSource
    void one_item_is_one_round_trip_and_nothing_is_asked_around_it(Server server) {
        try (CuttingProxy proxy = new CuttingProxy(server.port());
                Pool pool = Korm.pool()
                        .layer("main", server.source().apply(proxy.port()))
                        .open()) {
            Items<Car> cars = Korm.item(Car.class, pool);
            Item<Car> one = cars.fromData(new Car("Opel", 1)).create();
            assertThat(trips(proxy, () -> cars.fromRn(one.rn()).get()))
                    .as("read by its name")
                    .isEqualTo(1);
            assertThat(trips(proxy, () -> cars.query().where(eq(Car::lot, 1)).get()))
                    .as("found")
                    .isEqualTo(1);
            assertThat(trips(proxy, () -> cars.fromData(new Car("Fiat", 2)).create()))
                    .as("created")
                    .isEqualTo(server.change);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_change_of_many_rows_waits_for_itself_and_its_commit(Server server) {
        try (CuttingProxy proxy = new CuttingProxy(server.port());
                Pool pool = Korm.pool()
                        .layer("main", server.source().apply(proxy.port()))
                        .open()) {
            Items<Car> cars = Korm.item(Car.class, pool);
            cars.fromData(new Car("Opel", 1)).create();
            assertThat(trips(proxy, () -> cars.query().where(eq(Car::lot, 7)).deleteAll()))
                    .isEqualTo(server == Server.POSTGRES ? 2 : 4);
        }
    }
}
