package dev.korm.testkit;

import static dev.korm.Filter.gte;
import static dev.korm.Filter.isNull;
import static dev.korm.Filter.not;
import static dev.korm.Order.asc;
import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.FloatingItem;
import dev.korm.Indexed;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Page;
import dev.korm.Pool;
import dev.korm.Query;
import dev.korm.jdbc.MySql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Orders that an index serves on MySQL and MariaDB, as the server's own counters tell. */
@NullUnmarked // Tests dereference what they expect to be there.
class MySqlOrderTest {
    private static final int ROWS = 2000;
    private static final int SIZE = 10;

    /** A page is found by some look-ups; a table that is read whole takes as many as it has rows. */
    private static final long FEW = 100;

    record Car(@Indexed Integer number, String name) {}

    private static final String DATABASE = MySqlTestServer.newDatabase();
    private static final BoundedDataSource ONE = BoundedDataSource.of(MySqlTestServer.driverUrl(DATABASE), 1);

    private static Pool pool;
    private static Items<Car> cars;

    @BeforeAll
    static void fill() throws SQLException {
        pool = Korm.pool().layer("main", MySql.dataSource(ONE)).open();
        cars = Korm.item(Car.class, pool);
        List<FloatingItem<Car>> all = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            all.add(cars.fromData("cars", "car", new Car(i % 10 == 9 ? null : i / 2, "Fred")));
        }
        Korm.createAll(all);
        try (Connection connection = ONE.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("ANALYZE TABLE `__items__cars__car`");
        }
    }

    @AfterAll
    static void close() {
        pool.close();
    }

    private record Counters(long sorts, long reads) {}

    private static Counters counters() throws SQLException {
        long sorts = 0;
        long reads = 0;
        try (Connection connection = ONE.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SHOW SESSION STATUS WHERE Variable_name IN ('Sort_scan', 'Sort_range', 'Handler_read_next',"
                                + " 'Handler_read_prev', 'Handler_read_rnd', 'Handler_read_rnd_next')")) {
            while (rows.next()) {
                if (rows.getString(1).startsWith("Sort")) {
                    sorts += rows.getLong(2);
                } else {
                    reads += rows.getLong(2);
                }
            }
        }
        return new Counters(sorts, reads);
    }

    /** Reads some pages one after the other, each of which has to be served by an index. */
    private static List<Item<Car>> pages(UnaryOperator<Query<Car>> asked) throws SQLException {
        List<Item<Car>> found = new ArrayList<>();
        @Nullable String cursor = null;
        // The first question looks at the table's columns too.
        cars.fromQuery("cars", "car").count();
        for (int i = 0; i < 5; i++) {
            Counters before = counters();
            Query<Car> query = asked.apply(cars.fromQuery("cars", "car"));
            Page<Car> page = cursor == null ? query.page(SIZE) : query.page(SIZE, cursor);
            Counters after = counters();
            assertThat(after.sorts() - before.sorts()).as("sorts of page %d", i).isZero();
            // To ask for the counters reads a table of them.
            assertThat(after.reads() - before.reads())
                    .as("rows read for page %d", i)
                    .isLessThan(counting() + FEW);
            found.addAll(page.items());
            cursor = page.next().orElseThrow();
        }
        return found;
    }

    private static long counting() throws SQLException {
        long before = counters().reads();
        return counters().reads() - before;
    }

    @Test
    void pages_by_id_are_read_from_the_key() throws SQLException {
        List<Item<Car>> all = cars.fromQuery("cars", "car").get();
        assertThat(pages(query -> query)).isEqualTo(all.subList(0, 5 * SIZE));
    }

    @Test
    void pages_by_an_indexed_column_are_read_from_the_index_where_a_filter_lets_no_null_through() throws SQLException {
        List<Item<Car>> all =
                cars.fromQuery("cars", "car").orderBy(asc("number")).get();
        assertThat(pages(query -> query.where(not(isNull("number"))).orderBy(asc("number"))))
                .isEqualTo(all.subList(0, 5 * SIZE));
        List<Item<Car>> from = all.stream()
                .filter(car -> car.data().number() != null && car.data().number() >= 100)
                .toList();
        assertThat(pages(query -> query.where(gte("number", 100)).orderBy(asc("number"))))
                .isEqualTo(from.subList(0, 5 * SIZE));
    }
}
