package dev.korm.testkit.mysql;

import static dev.korm.Filter.eq;
import static dev.korm.Filter.gte;
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
import dev.korm.Page;
import dev.korm.Pool;
import dev.korm.Query;
import dev.korm.Rn;
import dev.korm.jdbc.MySql;
import dev.korm.testkit.connection.BoundedDataSource;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Orders by texts, times and decimals that an index serves on MariaDB, as the server's plans and counters tell. */
@NullUnmarked // Tests dereference what they expect to be there.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OrderKeyContract {
    private static final int ROWS = 2_000;
    private static final int SIZE = 10;

    /** A page is found by some look-ups; a table that is read whole takes as many as it has rows. */
    private static final long FEW = 120;

    private static final String TABLE = "`__items__docs__note`";

    @Indexed({"status", "moment"})
    record Note(
            @Indexed String title,
            String status,
            @Indexed Instant moment,
            @Indexed BigDecimal price,
            @Nullable Integer size) {}

    private String url;
    private BoundedDataSource one;
    private Pool pool;
    private Items<Note> notes;

    /** Returns the driver's URL of a new database. */
    abstract String newDatabase();

    @BeforeAll
    void fill() throws SQLException {
        url = newDatabase();
        one = BoundedDataSource.of(url, 1);
        pool = open();
        notes = Korm.item(Note.class, pool);
        List<FloatingItem<Note>> all = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            int turned = i * 7 % ROWS;
            all.add(notes.fromData(
                    "docs",
                    "note",
                    new Note(
                            i % 10 == 9 ? null : "a title " + turned / 2,
                            i % 2 == 0 ? "open" : "done",
                            Instant.ofEpochSecond(1_700_000_000L + turned),
                            i % 20 == 0 ? null : BigDecimal.valueOf(turned - 900, 2),
                            i)));
        }
        Korm.createAll(all);
        execute("ANALYZE TABLE " + TABLE);
    }

    @AfterAll
    void close() {
        if (pool != null) {
            pool.close();
        }
    }

    private Pool open() {
        return Korm.pool().layer("main", MySql.dataSource(one)).open();
    }

    private void execute(String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private String ask(String query) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            StringBuilder answer = new StringBuilder();
            while (rows.next()) {
                answer.append(rows.getString(1)).append('\n');
            }
            return answer.toString();
        }
    }

    private record Counters(long sorted, long reads) {}

    private Counters counters() throws SQLException {
        long sorted = 0;
        long reads = 0;
        try (Connection connection = one.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SHOW SESSION STATUS WHERE Variable_name IN ('Sort_rows', 'Handler_read_key', 'Handler_read_next',"
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

    /** Requires that no step of the server's plan that reads the table sorts it. */
    private static void requirePlanWithoutSort(Query<Note> query) {
        List<String> plan = query.limit(SIZE).explain().steps().get(0).plan();
        List<String> reading = plan.stream()
                .filter(line -> line.contains(" | s0 | ") || line.contains("__korm_"))
                .toList();
        assertThat(reading).as("%s", plan).isNotEmpty().noneMatch(line -> line.contains("filesort"));
        assertThat(plan).as("%s", plan).anyMatch(line -> line.contains("__korm_o_"));
    }

    /** Reads some pages, each of which has to be read from the index, and compares them with the whole. */
    private void readsPagesFromTheIndex(UnaryOperator<Query<Note>> asked) throws SQLException {
        Query<Note> query = asked.apply(notes.fromQuery("docs", "note"));
        List<Item<Note>> whole = query.get();
        assertThat(whole).hasSizeGreaterThan(8 * SIZE);
        long before = counters().reads();
        long counting = counters().reads() - before;
        List<Item<Note>> paged = new ArrayList<>();
        Optional<String> cursor = Optional.empty();
        for (int i = 0; i < 8; i++) {
            Counters begun = counters();
            Page<Note> page = query.page(SIZE, cursor.orElse(null));
            Counters ended = counters();
            assertThat(ended.sorted() - begun.sorted())
                    .as("rows sorted for page %d", i)
                    .isLessThanOrEqualTo(2 * (SIZE + 1L));
            assertThat(ended.reads() - begun.reads())
                    .as("rows read for page %d", i)
                    .isLessThan(counting + FEW + 8L * SIZE);
            paged.addAll(page.items());
            cursor = Optional.of(page.next().orElseThrow());
        }
        assertThat(paged).isEqualTo(whole.subList(0, paged.size()));
    }

    /** The server's plans, which are asked for with empty values in the place of the filter's. */
    @Test
    void explain_shows_that_the_table_is_not_sorted() {
        for (String field : List.of("title", "moment", "price")) {
            requirePlanWithoutSort(notes.fromQuery("docs", "note").orderBy(asc(field)));
            requirePlanWithoutSort(notes.fromQuery("docs", "note").orderBy(desc(field)));
        }
        assertThat(notes.fromQuery("docs", "note")
                        .orderBy(asc("status"))
                        .limit(SIZE)
                        .explain()
                        .steps()
                        .get(0)
                        .plan())
                .anyMatch(line -> line.contains("filesort"));
    }

    @Test
    void pages_by_a_text_are_read_from_the_index() throws SQLException {
        readsPagesFromTheIndex(query -> query.orderBy(asc("title")));
        readsPagesFromTheIndex(query -> query.orderBy(desc("title")));
    }

    @Test
    void pages_by_a_time_are_read_from_the_index() throws SQLException {
        readsPagesFromTheIndex(query -> query.orderBy(asc("moment")));
        readsPagesFromTheIndex(query -> query.orderBy(desc("moment")));
    }

    @Test
    void pages_by_a_decimal_are_read_from_the_index() throws SQLException {
        readsPagesFromTheIndex(query -> query.orderBy(asc("price")));
        readsPagesFromTheIndex(query -> query.orderBy(desc("price")));
    }

    @Test
    void pages_behind_an_equal_text_are_read_from_the_index() throws SQLException {
        readsPagesFromTheIndex(query -> query.where(eq("status", "open")).orderBy(desc("moment")));
        readsPagesFromTheIndex(query -> query.where(eq("status", "open")).orderBy(asc("status"), asc("moment")));
    }

    @Test
    void pages_within_a_range_are_read_from_the_index() throws SQLException {
        readsPagesFromTheIndex(query -> query.where(gte("title", "a title 5")).orderBy(asc("title")));
        readsPagesFromTheIndex(
                query -> query.where(not(isNull("title"))).orderBy(asc("title").nullsFirst()));
        readsPagesFromTheIndex(
                query -> query.where(gte("price", new BigDecimal("-0.505"))).orderBy(desc("price")));
    }

    /** A table that another version made has the index, and no order keys. */
    @Test
    void a_table_gains_the_order_of_its_indexes_by_prepare() throws SQLException {
        Items<Note> old = Korm.item(Note.class, pool);
        old.fromData("old", "note", new Note("b", "open", Instant.EPOCH, BigDecimal.ONE, 1))
                .create();
        old.fromData("old", "note", new Note("a", "open", Instant.EPOCH, BigDecimal.TEN, 2))
                .create();
        String hidden = ask("SELECT COLUMN_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE()"
                + " AND TABLE_NAME = '__items__old__note' AND INDEX_NAME LIKE '\\_\\_korm\\_o\\_%'");
        String indexes = ask("SELECT INDEX_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE()"
                + " AND TABLE_NAME = '__items__old__note' AND INDEX_NAME LIKE '\\_\\_korm\\_o\\_%'");
        assertThat(hidden.lines()).hasSize(4);
        execute("ALTER TABLE `__items__old__note` "
                + indexes.lines().map(name -> "DROP INDEX `" + name + "`").collect(Collectors.joining(", ")) + ", "
                + hidden.lines().map(name -> "DROP COLUMN `" + name + "`").collect(Collectors.joining(", ")));
        pool.close();
        pool = open();
        notes = Korm.item(Note.class, pool);
        Query<Note> query = notes.fromQuery("old", "note").orderBy(asc("title"));
        assertThat(query.page(1).items().get(0).data().title()).isEqualTo("a");
        assertThat(query.limit(1).explain().steps().get(0).plan())
                .noneMatch(line -> line.contains("__korm_o_"))
                .anyMatch(line -> line.contains("filesort"));
        notes.fromData("old", "note", new Note("c", "open", Instant.EPOCH, null, 3))
                .create();
        assertThat(ask("SHOW COLUMNS FROM `__items__old__note`"))
                .doesNotContain(hidden.lines().toList());
        notes.prepare(Rn.collection("old", "note"));
        assertThat(ask("SHOW COLUMNS FROM `__items__old__note`"))
                .contains(hidden.lines().toList());
        assertThat(query.page(2).items())
                .extracting(item -> item.data().title())
                .containsExactly("a", "b");
    }
}
