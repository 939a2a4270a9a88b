package dev.korm.testkit.connection;

import static dev.korm.Filter.gte;
import static dev.korm.Order.asc;
import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Query;
import dev.korm.Rn;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.memory.MemoryLayer;
import dev.korm.testkit.mysql.MySqlTestServer;
import dev.korm.testkit.postgres.PostgresServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A question that leads into another layer and back again is answered with one connection of each. */
@NullUnmarked // Tests dereference what they expect to be there.
class OneConnectionTest {
    /** Above it the ids of one layer are not handed to the other, so that rows are read and looked up. */
    private static final int MANY = 1_100;

    record Country(int title) {}

    record Town(int size, Rn<Country> country) {}

    record Visit(int number, Rn<Town> town) {}

    private enum Store {
        SQLITE {
            @Override
            LayerSource open(Path folder) {
                return Sqlite.file(folder.resolve("items.sqlite")).readers(1).readerTimeout(Duration.ofSeconds(5));
            }
        },
        POSTGRES {
            @Override
            LayerSource open(Path folder) {
                return PostgresServer.bounded(PostgresServer.newSchema(), 1);
            }
        },
        MYSQL {
            @Override
            LayerSource open(Path folder) {
                return MySqlTestServer.bounded(MySqlTestServer.newDatabase(), 1);
            }
        };

        abstract LayerSource open(Path folder);
    }

    @ParameterizedTest
    @EnumSource
    void rows_are_looked_up_in_the_layer_that_they_come_from(Store store, @TempDir Path folder) {
        try (Pool pool = Korm.pool()
                .layer("here", store.open(folder))
                .layer("there", MemoryLayer.create())
                .open()) {
            List<Item<Country>> countries = Korm.createAll(IntStream.range(0, MANY)
                    .mapToObj(i -> Korm.item(Country.class, pool).fromData("here", "places", "country", new Country(i)))
                    .toList());
            List<Item<Town>> towns = Korm.createAll(IntStream.range(0, MANY)
                    .mapToObj(i -> Korm.item(Town.class, pool)
                            .fromData(
                                    "there",
                                    "places",
                                    "town",
                                    new Town(i, countries.get(i).rn())))
                    .toList());
            Korm.createAll(IntStream.range(0, 300)
                    .mapToObj(i -> Korm.item(Visit.class, pool)
                            .fromData(
                                    "here",
                                    "trips",
                                    "visit",
                                    new Visit(i, towns.get(i).rn())))
                    .toList());
            Query<Visit> all = Korm.item(Visit.class, pool)
                    .fromQuery("here", "trips", "visit")
                    .where(gte("town.country.title", 0))
                    .orderBy(asc("number"));
            assertThat(numbers(all.limit(2).get().stream())).containsExactly(0, 1);
            assertThat(all.exists()).isTrue();
            assertThat(numbers(all.page(2).items().stream())).containsExactly(0, 1);
            assertThat(all.max("town.country.title")).contains(299);
            for (Query<Visit> query : List.of(all, all.resolvePaths("town.country"))) {
                try (Stream<Item<Visit>> visits = query.stream()) {
                    assertThat(numbers(visits))
                            .containsExactlyElementsOf(
                                    IntStream.range(0, 300).boxed().toList());
                }
            }
        }
    }

    private static List<Integer> numbers(Stream<Item<Visit>> visits) {
        return visits.map(visit -> visit.data().number()).toList();
    }
}
