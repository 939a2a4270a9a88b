package dev.korm.testkit.mysql;

import static dev.korm.Filter.gte;
import static dev.korm.Filter.isNull;
import static dev.korm.Filter.lt;
import static dev.korm.Filter.not;
import static dev.korm.Filter.or;
import static dev.korm.Order.asc;
import static dev.korm.Order.desc;
import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Filter;
import dev.korm.FloatingItem;
import dev.korm.Indexed;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Order;
import dev.korm.Page;
import dev.korm.Pool;
import dev.korm.Query;
import dev.korm.jdbc.MySql;
import dev.korm.testkit.connection.BoundedDataSource;
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

    private record Counters(long sorted, long reads) {}

    private static Counters counters() throws SQLException {
        long sorted = 0;
        long reads = 0;
        try (Connection connection = ONE.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SHOW SESSION STATUS WHERE Variable_name IN ('Sort_rows', 'Handler_read_next',"
                                + " 'Handler_read_prev', 'Handler_read_rnd', 'Handler_read_rnd_next')")) {
            while (rows.next()) {
                if (rows.getString(1).startsWith("Sort")) {
                    sorted += rows.getLong(2);
                } else {
                    reads += rows.getLong(2);
                }
            }
        }
        return new Counters(sorted, reads);
    }

    /** Reads some pages one after the other, each of which has to be served by an index without a sort. */
    private static List<Item<Car>> pages(UnaryOperator<Query<Car>> asked) throws SQLException {
        return pages(asked, SIZE, 5, 0);
    }

    /** @param sorted the most rows that may be sorted for a page */
    private static List<Item<Car>> pages(UnaryOperator<Query<Car>> asked, int size, int most, long sorted)
            throws SQLException {
        List<Item<Car>> found = new ArrayList<>();
        @Nullable String cursor = null;
        // The first question looks at the table's columns too.
        cars.fromQuery("cars", "car").count();
        for (int i = 0; i < most; i++) {
            Counters before = counters();
            Query<Car> query = asked.apply(cars.fromQuery("cars", "car"));
            Page<Car> page = cursor == null ? query.page(size) : query.page(size, cursor);
            Counters after = counters();
            assertThat(after.sorted() - before.sorted())
                    .as("rows sorted for page %d", i)
                    .isLessThanOrEqualTo(sorted);
            // To ask for the counters reads a table of them.
            assertThat(after.reads() - before.reads())
                    .as("rows read for page %d", i)
                    .isLessThan(counting() + FEW + 4L * size);
            found.addAll(page.items());
            if (page.next().isEmpty()) {
                break;
            }
            cursor = page.next().get();
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

    /** Two parts, of which each has one row more than a page, are put together. */
    private static void readsFromTheIndex(Order... order) throws SQLException {
        int size = 90;
        List<Item<Car>> all = cars.fromQuery("cars", "car").orderBy(order).get();
        assertThat(all).hasSize(ROWS);
        assertThat(pages(query -> query.orderBy(order), size, ROWS, 2 * (size + 1L)))
                .isEqualTo(all);
        for (int limit : new int[] {1, SIZE, ROWS - 100}) {
            assertThat(cars.fromQuery("cars", "car").orderBy(order).limit(limit).get())
                    .isEqualTo(all.subList(0, limit));
        }
        Counters before = counters();
        assertThat(cars.fromQuery("cars", "car").orderBy(order).first()).contains(all.get(0));
        assertThat(counters().reads() - before.reads()).isLessThan(counting() + FEW);
    }

    @Test
    void pages_by_an_indexed_column_with_nulls_are_read_from_the_index() throws SQLException {
        readsFromTheIndex(asc("number"));
        readsFromTheIndex(asc("number").nullsFirst());
    }

    @Test
    void pages_down_an_indexed_column_are_read_from_the_index() throws SQLException {
        readsFromTheIndex(desc("number"));
        readsFromTheIndex(desc("number").nullsLast());
    }

    @Test
    void pages_by_an_indexed_column_with_nulls_keep_to_their_filter() throws SQLException {
        Filter filter = or(lt("number", 50), isNull("number"), gte("number", 950));
        for (Order order : List.of(asc("number"), desc("number"))) {
            List<Item<Car>> all = cars.fromQuery("cars", "car").orderBy(order).get().stream()
                    .filter(car -> car.data().number() == null
                            || car.data().number() < 50
                            || car.data().number() >= 950)
                    .toList();
            assertThat(pages(query -> query.where(filter).orderBy(order), SIZE, ROWS, 2 * (SIZE + 1L)))
                    .isEqualTo(all);
            assertThat(cars.fromQuery("cars", "car")
                            .where(not(isNull("number")).negate())
                            .orderBy(order)
                            .limit(SIZE)
                            .get())
                    .hasSize(SIZE);
        }
    }

    private static String plan(Query<Car> query) {
        return String.join("\n", query.limit(SIZE).explain().steps().get(0).plan());
    }

    /** The server's own plan says which order no index serves. */
    @Test
    void explain_shows_an_order_that_is_sorted() {
        Query<Car> numbered = cars.fromQuery("cars", "car").where(not(isNull("number")));
        assertThat(plan(numbered.orderBy(asc("number")))).isNotEmpty().doesNotContain("filesort");
        assertThat(plan(cars.fromQuery("cars", "car").orderBy(asc("name")))).contains("filesort");
    }
}
