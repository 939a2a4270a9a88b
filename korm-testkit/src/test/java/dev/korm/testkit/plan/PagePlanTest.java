package dev.korm.testkit.plan;

import static dev.korm.Filter.eq;
import static dev.korm.Filter.isNull;
import static dev.korm.Filter.not;
import static dev.korm.Order.asc;
import static dev.korm.Order.desc;
import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.FloatingItem;
import dev.korm.Indexed;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Order;
import dev.korm.Page;
import dev.korm.Pool;
import dev.korm.Query;
import dev.korm.Rn;
import dev.korm.event.PoolListener;
import dev.korm.event.SentStatement;
import dev.korm.jdbc.Sqlite;
import dev.korm.testkit.postgres.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pages in an order that an index has: each is read from ranges of the index, wherever it is. */
@NullUnmarked // Tests dereference what they expect to be there.
class PagePlanTest {
    private static final int ROWS = 3_000;
    private static final int SIZE = 100;

    record Place(@Nullable Integer floor) {}

    @Indexed({"country", "year"})
    @Indexed({"make", "year", "country"})
    @Indexed("place.floor")
    record Car(
            @Indexed @Nullable String make,
            @Indexed @Nullable Integer year,
            String country,
            Place place) {}

    enum Store {
        SQLITE,
        POSTGRES
    }

    private static Items<Car> fill(Store store, Pool pool) throws SQLException {
        Items<Car> cars = Korm.item(Car.class, pool);
        Random random = new Random(7);
        List<FloatingItem<Car>> items = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            String make = random.nextInt(20) == 0 ? null : "Make " + random.nextInt(10);
            Integer year = random.nextInt(20) == 0 ? null : random.nextInt(30);
            items.add(cars.fromData(
                    "main", "cars", "car", new Car(make, year, "c" + i % 5, new Place(i % 9 == 0 ? null : i % 7))));
        }
        Korm.createAll(items);
        if (store == Store.POSTGRES) {
            try (Connection connection = DriverManager.getConnection(PostgresServer.driverUrl());
                    Statement statement = connection.createStatement()) {
                statement.execute("ANALYZE");
            }
        }
        return cars;
    }

    private static List<Order[]> orders() {
        return List.of(
                new Order[] {asc("make")},
                new Order[] {desc("make")},
                new Order[] {asc("make").nullsFirst()},
                new Order[] {desc("year").nullsLast()},
                new Order[] {asc("place.floor")});
    }

    /** Returns the database's plan of a statement, whatever its constants are. */
    private static List<String> plan(Store store, Connection connection, String shape) throws SQLException {
        String numbered = shape;
        for (int i = 1; numbered.contains("?") && store == Store.POSTGRES; i++) {
            numbered = numbered.replaceFirst("[?]", "\\$" + i);
        }
        String explain = store == Store.SQLITE ? "EXPLAIN QUERY PLAN " : "EXPLAIN (GENERIC_PLAN) ";
        List<String> lines = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(explain + numbered)) {
            while (rows.next()) {
                lines.add(rows.getString(store == Store.SQLITE ? 4 : 1).strip());
            }
        }
        return lines;
    }

    private static void requireRanges(Store store, Connection connection, String shape) throws SQLException {
        List<String> plan = plan(store, connection, shape);
        String whole = shape + "\n" + String.join("\n", plan);
        if (store == Store.SQLITE) {
            assertThat(plan.stream().filter(line -> line.contains("s0")))
                    .as(whole)
                    .isNotEmpty()
                    .allMatch(line -> line.matches(".* USING (COVERING )?INDEX __korm_i_.*"));
            // What is left to be sorted is what the parts have found, and no rows of the table.
            assertThat(plan.stream().filter(line -> line.contains("TEMP B-TREE FOR LAST")))
                    .as(whole)
                    .isEmpty();
        } else {
            assertThat(plan).as(whole).anyMatch(line -> line.contains("Index Scan "));
            assertThat(plan.stream().filter(line -> line.contains("Seq Scan") || line.contains("Bitmap")))
                    .as(whole)
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void every_page_is_read_from_ranges_of_the_index(Store store, @TempDir Path folder) throws SQLException {
        List<String> shapes = Collections.synchronizedList(new ArrayList<>());
        Path file = folder.resolve("pages.sqlite");
        String schema = store == Store.POSTGRES ? PostgresServer.newSchema() : "";
        try (Pool pool = Korm.pool()
                        .layer("main", store == Store.SQLITE ? Sqlite.file(file) : PostgresServer.in(schema))
                        .listener(new PoolListener() {
                            @Override
                            public void statement(SentStatement statement) {
                                shapes.add(statement.text());
                            }
                        })
                        .open();
                Connection connection = DriverManager.getConnection(
                        store == Store.SQLITE
                                ? "jdbc:sqlite:" + file
                                : PostgresServer.driverUrl() + "&preferQueryMode=simple")) {
            Items<Car> cars = fill(store, pool);
            for (Order[] order : orders()) {
                readAll(cars.fromQuery("main", "cars", "car").orderBy(order), ROWS, shapes);
                for (String shape : Set.copyOf(shapes)) {
                    requireRanges(store, connection, shape);
                }
            }
            readAll(
                    cars.fromQuery("main", "cars", "car")
                            .where(eq("country", "c1"))
                            .orderBy(asc("year")),
                    ROWS / 5,
                    shapes);
            for (String shape : Set.copyOf(shapes)) {
                requireRanges(store, connection, shape);
            }
        }
    }

    /** Nulls come first in SQLite's indexes; where there are many, passing by each is what the first page costs. */
    @Test
    void on_sqlite_the_first_page_begins_behind_the_nulls_of_its_index(@TempDir Path folder) throws SQLException {
        try (Pool pool = Korm.pool()
                .layer("main", Sqlite.file(folder.resolve("pages.sqlite")))
                .open()) {
            Query<Car> cars = fill(Store.SQLITE, pool).fromQuery("main", "cars", "car");
            for (Order first : List.of(asc("year"), desc("make"))) {
                String explained = cars.orderBy(first).limit(SIZE).explain().toString();
                assertThat(explained)
                        .contains("SEARCH s0 USING INDEX __korm_i_")
                        .doesNotContain("SCAN s0");
            }
        }
    }

    @Test
    void on_sqlite_an_order_that_the_index_has_is_read_from_it_at_once(@TempDir Path folder) throws SQLException {
        try (Pool pool = Korm.pool()
                .layer("main", Sqlite.file(folder.resolve("pages.sqlite")))
                .open()) {
            Query<Car> cars = fill(Store.SQLITE, pool).fromQuery("main", "cars", "car");
            Query<Car> known = cars.where(not(isNull("year")));
            for (Query<Car> served : List.of(
                    cars.orderBy(asc("country").nullsFirst(), asc("year").nullsFirst()),
                    cars.orderBy(desc("country").nullsLast(), desc("year").nullsLast()),
                    known.orderBy(asc("country").nullsFirst(), asc("year")),
                    known.orderBy(desc("country").nullsLast(), desc("year")))) {
                assertThat(served.limit(SIZE).explain().toString())
                        .contains("USING INDEX __korm_i_")
                        .doesNotContain("TEMP B-TREE")
                        .doesNotContain("UNION");
            }
        }
    }

    /** Of a field that is not the first, nulls are at the wrong end of SQLite's index; and no index turns within itself. */
    private static List<Order[]> looseOrders() {
        return List.of(
                new Order[] {asc("country"), asc("year")},
                new Order[] {desc("country"), desc("year")},
                new Order[] {asc("country"), desc("year")},
                new Order[] {desc("country").nullsLast(), asc("year").nullsFirst()},
                new Order[] {asc("make"), asc("year"), asc("country")},
                new Order[] {desc("make"), asc("year"), desc("country")});
    }

    @Test
    void on_sqlite_no_page_sorts_the_items_of_one_value_wherever_nulls_are_and_directions_turn(@TempDir Path folder)
            throws SQLException {
        List<String> shapes = Collections.synchronizedList(new ArrayList<>());
        Path file = folder.resolve("pages.sqlite");
        try (Pool pool = Korm.pool()
                        .layer("main", Sqlite.file(file))
                        .listener(new PoolListener() {
                            @Override
                            public void statement(SentStatement statement) {
                                shapes.add(statement.text());
                            }
                        })
                        .open();
                Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
            Items<Car> cars = fill(Store.SQLITE, pool);
            for (Order[] order : looseOrders()) {
                Query<Car> query = cars.fromQuery("main", "cars", "car").orderBy(order);
                assertThat(query.limit(SIZE).explain().toString())
                        .contains("USING INDEX __korm_i_")
                        .doesNotContain("TEMP B-TREE FOR LAST");
                readAll(query, ROWS, shapes);
                for (String shape : Set.copyOf(shapes)) {
                    requireRanges(Store.SQLITE, connection, shape);
                }
            }
        }
    }

    /** Reads all pages, in the order of the whole answer. */
    private static void readAll(Query<Car> query, int count, List<String> shapes) {
        List<Rn<Car>> whole = query.get().stream().map(Item::rn).toList();
        assertThat(whole).hasSize(count);
        shapes.clear();
        List<Rn<Car>> read = new ArrayList<>();
        Page<Car> page = query.page(SIZE);
        while (true) {
            page.items().forEach(item -> read.add(item.rn()));
            if (page.next().isEmpty()) {
                break;
            }
            page = query.page(SIZE, page.next().get());
        }
        assertThat(read).isEqualTo(whole);
    }
}
