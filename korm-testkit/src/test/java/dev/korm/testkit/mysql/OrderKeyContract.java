package dev.korm.testkit.mysql;

import static dev.korm.Filter.and;
import static dev.korm.Filter.eq;
import static dev.korm.Filter.gt;
import static dev.korm.Filter.gte;
import static dev.korm.Filter.inList;
import static dev.korm.Filter.isNull;
import static dev.korm.Filter.lt;
import static dev.korm.Filter.not;
import static dev.korm.Filter.or;
import static dev.korm.Filter.startsWith;
import static dev.korm.Order.asc;
import static dev.korm.Order.desc;
import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Filter;
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
import dev.korm.jdbc.sql.IndexParts;
import dev.korm.jdbc.sql.text.Hashes;
import dev.korm.schema.Unindexed;
import dev.korm.testkit.Seed;
import dev.korm.testkit.connection.BoundedDataSource;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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

    private static final int INDEXES = 6;
    private static final int WIDE_INDEXES = 40;

    /** Columns that have no beginning. */
    private static final Set<String> NUMBERS = Set.of("score", "volume", "number");

    /** Columns of these indexes. */
    private static final int HIDDEN = 9;

    @Indexed({"status", "moment"})
    @Indexed({"status", "score"})
    @Indexed({"volume", "number"})
    record Note(
            @Indexed String title,
            String status,
            @Indexed Instant moment,
            @Indexed BigDecimal price,
            @Nullable Double score,
            @Nullable Integer volume,
            @Nullable Integer number) {}

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
                            i % 7 == 0 ? null : turned / 8.0,
                            i % 4 == 0 ? null : i % 4,
                            i % 3 == 0 ? null : turned)));
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
        assertThat(plan).as("%s", plan).anyMatch(line -> line.contains("__korm_i_"));
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
    void pages_by_a_floating_point_number_behind_a_text_are_read_from_the_index() throws SQLException {
        readsPagesFromTheIndex(query -> query.where(eq("status", "open")).orderBy(desc("score")));
        readsPagesFromTheIndex(query -> query.where(eq("status", "open")).orderBy(asc("score")));
        readsPagesFromTheIndex(query -> query.orderBy(asc("status"), asc("score")));
        readsPagesFromTheIndex(query ->
                query.where(and(eq("status", "done"), lt("score", 200))).orderBy(desc("score")));
    }

    @Test
    void pages_by_two_numbers_either_of_which_may_be_null_are_read_from_the_index() throws SQLException {
        readsPagesFromTheIndex(query -> query.orderBy(asc("volume"), asc("number")));
        readsPagesFromTheIndex(query -> query.orderBy(desc("volume"), desc("number")));
        readsPagesFromTheIndex(query -> query.where(eq("volume", 2)).orderBy(asc("number")));
    }

    /** Requires that a filter reads about as many rows as it finds. */
    private void isFoundByTheIndex(Filter filter, int most) throws SQLException {
        Query<Note> query = notes.fromQuery("docs", "note").where(filter);
        long before = counters().reads();
        long counting = counters().reads() - before;
        long begun = counters().reads();
        List<Item<Note>> found = query.get();
        long reads = counters().reads() - begun - counting;
        assertThat(found).as("%s", filter).hasSizeBetween(1, most);
        assertThat(reads).as("%s", filter).isLessThan(FEW + 2L * most);
    }

    @Test
    void filters_read_what_they_find_from_the_same_index() throws SQLException {
        isFoundByTheIndex(eq("title", "a title 77"), 2);
        isFoundByTheIndex(inList("title", "a title 77", "a title 78", "nothing"), 4);
        isFoundByTheIndex(startsWith("title", "a title 77"), 22);
        isFoundByTheIndex(gt("title", "a title 995"), 8);
        isFoundByTheIndex(or(eq("title", "a title 7"), eq("price", new BigDecimal("1.01"))), 4);
        isFoundByTheIndex(eq("price", new BigDecimal("1.010")), 1);
        isFoundByTheIndex(isNull("price"), 100);
        isFoundByTheIndex(lt("price", new BigDecimal("-8.9")), 10);
        isFoundByTheIndex(and(eq("status", "open"), eq("score", 100)), 2);
        isFoundByTheIndex(gte("moment", Instant.ofEpochSecond(1_700_000_000L + ROWS - 10)), 10);
    }

    @Test
    void pages_within_a_range_are_read_from_the_index() throws SQLException {
        readsPagesFromTheIndex(query -> query.where(gte("title", "a title 5")).orderBy(asc("title")));
        readsPagesFromTheIndex(
                query -> query.where(not(isNull("title"))).orderBy(asc("title").nullsFirst()));
        readsPagesFromTheIndex(
                query -> query.where(gte("price", new BigDecimal("-0.505"))).orderBy(desc("price")));
    }

    @Indexed({"status", "title", "price"})
    record Indexes(
            @Indexed String title,
            String status,
            @Indexed BigDecimal price,
            @Nullable Integer number,
            @Nullable Rn<Indexes> other) {}

    record Plain(
            String title,
            String status,
            BigDecimal price,
            @Nullable Integer number,
            @Unindexed @Nullable Rn<Plain> other) {}

    /** Many are equal in what an index holds of them. */
    private static String text(Random random) {
        String end = List.of("", "a", "b", "\u0001", "\ud83d\ude97", "\uffee", "A", "\udbff\udfff", "%", "_")
                .get(random.nextInt(10));
        return switch (random.nextInt(5)) {
            case 0 -> end;
            case 1 -> "common" + end + random.nextInt(3);
            case 2 -> "x".repeat(231 + random.nextInt(4)) + end;
            case 3 -> "\ud83d\ude97".repeat(252 + random.nextInt(3)) + end;
            default -> "y".repeat(251 + random.nextInt(4)) + end + random.nextInt(2);
        };
    }

    private static Filter leaf(Random random, String before) {
        String title = before + (random.nextBoolean() ? "title" : "status");
        String text = text(random);
        BigDecimal price = BigDecimal.valueOf(random.nextInt(9) - 4L, random.nextInt(2));
        return switch (random.nextInt(14)) {
            case 0 -> Filter.ne(title, text);
            case 1 -> Filter.lte(title, text);
            case 2 -> lt(title, text);
            case 3 -> gt(title, text);
            case 4 -> gte(title, text);
            case 5 -> isNull(title);
            case 6 -> inList(title, text, text(random), "nothing");
            case 7 -> startsWith(title, text);
            case 8 -> Filter.endsWith(title, text);
            case 9 -> isNull(before + "price");
            case 10 -> Filter.between(before + "price", price, price.add(BigDecimal.ONE));
            case 11 -> eq(before + "number", random.nextInt(4));
            case 12 -> eq(before + "price", price);
            default -> eq(title, text);
        };
    }

    private static Filter filter(Random random, int depth) {
        if (depth == 0 || random.nextInt(3) == 0) {
            return leaf(random, random.nextInt(6) == 0 ? "other." : "");
        }
        Filter one = filter(random, depth - 1);
        Filter other = filter(random, depth - 1);
        return switch (random.nextInt(3)) {
            case 0 -> and(one, other);
            case 1 -> or(one, other);
            default -> not(one);
        };
    }

    /** What filters find does not depend on indexes, nor on what these hold of a long text. */
    @Test
    void filters_find_the_same_with_indexes_and_without() {
        Random random = Seed.random(getClass());
        Items<Indexes> indexed = Korm.item(Indexes.class, pool);
        Items<Plain> plain = Korm.item(Plain.class, pool);
        List<FloatingItem<Indexes>> some = new ArrayList<>();
        List<FloatingItem<Plain>> others = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            String title = random.nextInt(6) == 0 ? null : text(random);
            String status = random.nextInt(6) == 0 ? null : text(random);
            BigDecimal price =
                    random.nextInt(6) == 0 ? null : BigDecimal.valueOf(random.nextInt(9) - 4L, random.nextInt(2));
            Integer number = random.nextInt(4) == 0 ? null : random.nextInt(4);
            some.add(indexed.fromData("found", "indexed", new Indexes(title, status, price, number, null)));
            others.add(plain.fromData("found", "plain", new Plain(title, status, price, number, null)));
        }
        List<Item<Indexes>> stored = Korm.createAll(some);
        List<Item<Plain>> twins = Korm.createAll(others);
        Map<Object, Integer> places = new HashMap<>();
        for (int i = 0; i < stored.size(); i++) {
            places.put(stored.get(i).rn(), i);
            places.put(twins.get(i).rn(), i);
            int refers = random.nextInt(stored.size());
            if (i % 3 == 0) {
                stored.get(i).set(Indexes::other, stored.get(refers).rn()).commit();
                twins.get(i).set(Plain::other, twins.get(refers).rn()).commit();
            }
        }
        for (int round = 0; round < 250; round++) {
            Filter filter = filter(random, 3);
            assertThat(found(indexed.fromQuery("found", "indexed").where(filter), places))
                    .as("%s", filter)
                    .isEqualTo(found(plain.fromQuery("found", "plain").where(filter), places));
        }
    }

    private static <T> Set<Integer> found(Query<T> query, Map<Object, Integer> places) {
        return query.get().stream().map(item -> places.get(item.rn())).collect(Collectors.toCollection(TreeSet::new));
    }

    @Indexed({"f0", "f1"})
    @Indexed({"f0", "f2"})
    @Indexed({"f0", "f3"})
    @Indexed({"f0", "f4"})
    @Indexed({"f0", "f5"})
    @Indexed({"f0", "f6"})
    @Indexed({"f0", "f7"})
    @Indexed({"f0", "f8"})
    @Indexed({"f0", "f9"})
    @Indexed({"f1", "f0"})
    @Indexed({"f1", "f2"})
    @Indexed({"f1", "f3"})
    @Indexed({"f1", "f4"})
    @Indexed({"f1", "f5"})
    @Indexed({"f1", "f6"})
    @Indexed({"f1", "f7"})
    @Indexed({"f1", "f8"})
    @Indexed({"f1", "f9"})
    @Indexed({"f2", "f0"})
    @Indexed({"f2", "f1"})
    @Indexed({"f2", "f3"})
    @Indexed({"f2", "f4"})
    @Indexed({"f2", "f5"})
    @Indexed({"f2", "f6"})
    @Indexed({"f2", "f7"})
    @Indexed({"f2", "f8"})
    @Indexed({"f2", "f9"})
    @Indexed({"f3", "f0"})
    @Indexed({"f3", "f1"})
    @Indexed({"f3", "f2"})
    @Indexed({"f3", "f4"})
    @Indexed({"f3", "f5"})
    @Indexed({"f3", "f6"})
    @Indexed({"f3", "f7"})
    @Indexed({"f3", "f8"})
    @Indexed({"f3", "f9"})
    @Indexed({"f4", "f0"})
    @Indexed({"f4", "f1"})
    @Indexed({"f4", "f2"})
    @Indexed({"f4", "f3"})
    record Wide(
            String f0,
            String f1,
            String f2,
            String f3,
            String f4,
            String f5,
            String f6,
            String f7,
            String f8,
            String f9,
            @Nullable String f10) {}

    /** The server counts the longest texts of all hidden columns for the length of a row, and refuses a table with more. */
    @Test
    void a_table_has_more_indexes_than_its_rows_have_room_for_hidden_columns() throws SQLException {
        Items<Wide> wide = Korm.item(Wide.class, pool);
        wide.fromData("wide", "wide", new Wide("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", null))
                .create();
        assertThat(ask("SELECT DISTINCT INDEX_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE()"
                                + " AND TABLE_NAME = '__items__wide__wide' AND INDEX_NAME <> 'PRIMARY'")
                        .lines())
                .hasSize(WIDE_INDEXES);
        wide.prepare(Rn.collection("wide", "wide"));
        for (String field : List.of("f0", "f4", "f9")) {
            Query<Wide> query = wide.fromQuery("wide", "wide").where(eq(field, field.substring(1)));
            assertThat(query.orderBy(asc("f3")).page(1).items()).hasSize(1);
        }
    }

    /** A table that another version made has the index, and no order keys. */
    @Test
    void a_table_gains_the_order_of_its_indexes_by_prepare() throws SQLException {
        Items<Note> old = Korm.item(Note.class, pool);
        old.fromData("old", "note", new Note("b", "open", Instant.EPOCH, BigDecimal.ONE, 1.0, null, null))
                .create();
        old.fromData("old", "note", new Note("a", "open", Instant.EPOCH, BigDecimal.TEN, 2.0, null, null))
                .create();
        String hidden = ask("SELECT COLUMN_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE()"
                + " AND TABLE_NAME = '__items__old__note' AND COLUMN_NAME LIKE '\\_\\_korm\\_%'");
        String indexes = ask("SELECT DISTINCT CONCAT(INDEX_NAME, ' ', SUBSTR(INDEX_COMMENT, 7)) FROM"
                + " information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE()"
                + " AND TABLE_NAME = '__items__old__note' AND INDEX_NAME <> 'PRIMARY'");
        assertThat(hidden.lines()).hasSize(HIDDEN);
        assertThat(indexes.lines()).as("one index for each that is asked for").hasSize(INDEXES);
        execute("ALTER TABLE `__items__old__note` "
                + indexes.lines()
                        .map(each -> each.split(" ", 2))
                        .map(each -> "DROP INDEX `" + each[0] + "`, ADD INDEX `" + each[0] + "` ("
                                + Stream.of(each[1].split("%0a"))
                                        .map(column -> column + (NUMBERS.contains(column) ? "" : "(250)"))
                                        .collect(Collectors.joining(", "))
                                + ")")
                        .collect(Collectors.joining(", "))
                + ", "
                + hidden.lines().map(name -> "DROP COLUMN `" + name + "`").collect(Collectors.joining(", ")));
        String title = ask("SELECT INDEX_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE()"
                        + " AND TABLE_NAME = '__items__old__note' AND COLUMN_NAME = 'title'")
                .trim();
        execute("ALTER TABLE `__items__old__note` ADD COLUMN `" + IndexParts.hiddenColumn(title, -1)
                + "` VARCHAR(255) GENERATED ALWAYS AS (LEFT(CONCAT('0', title), 255)) VIRTUAL, ADD INDEX `__korm_o_"
                + Hashes.sha256(title, 32) + "` (`" + IndexParts.hiddenColumn(title, -1) + "`)");
        pool.close();
        pool = open();
        notes = Korm.item(Note.class, pool);
        Query<Note> query = notes.fromQuery("old", "note").orderBy(asc("title"));
        assertThat(query.page(1).items().get(0).data().title()).isEqualTo("a");
        assertThat(query.limit(1).explain().steps().get(0).plan()).anyMatch(line -> line.contains("filesort"));
        assertThat(notes.fromQuery("old", "note")
                        .where(eq("title", "a"))
                        .explain()
                        .steps()
                        .get(0)
                        .plan())
                .anyMatch(line -> line.contains("__korm_i_"));
        notes.fromData("old", "note", new Note("c", "open", Instant.EPOCH, null, 3.0, null, null))
                .create();
        assertThat(ask("SHOW COLUMNS FROM `__items__old__note`"))
                .doesNotContain(hidden.lines().toList());
        notes.prepare(Rn.collection("old", "note"));
        assertThat(ask("SHOW COLUMNS FROM `__items__old__note`"))
                .contains(hidden.lines().toList())
                .doesNotContain(IndexParts.hiddenColumn(title, -1));
        assertThat(ask("SELECT DISTINCT INDEX_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE()"
                                + " AND TABLE_NAME = '__items__old__note' AND INDEX_NAME <> 'PRIMARY'")
                        .lines())
                .hasSize(INDEXES);
        assertThat(query.page(2).items())
                .extracting(item -> item.data().title())
                .containsExactly("a", "b");
    }
}
