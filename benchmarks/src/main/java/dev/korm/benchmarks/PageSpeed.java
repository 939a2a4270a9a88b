package dev.korm.benchmarks;

import static dev.korm.Order.asc;
import static dev.korm.Order.desc;

import dev.korm.Indexed;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Order;
import dev.korm.Page;
import dev.korm.Pool;
import dev.korm.Query;
import dev.korm.Stored;
import dev.korm.benchmarks.rival.World;
import dev.korm.jdbc.Sqlite;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the first, the two hundredth and the last page of a large collection on SQLite, by korm and by a seek that is written by hand over the same
 * indexes, and prints microseconds and ratios: in orders with nulls, with some 300,000 rows of each value where there are 10,000,000, in either
 * direction, by two fields, and in mixed directions. Argument: how many items. What the store does is printed with it.
 *
 * <p>Rows are written by SQL. A cursor says where a page ended and nothing of what comes before, so it is taken from a table that holds
 * little more than the row it stands behind.
 */
final class PageSpeed {
    private static final int PAGE = 20;
    private static final int FAR = 200 * PAGE;
    /** The years, the last of which is null. */
    private static final int YEARS = 31;

    private static final int NUMBERS = 1_000;
    private static final int ROUNDS = 201;
    /** Calls after which one that is slow is not only new. */
    private static final int SLOW = 5;

    private static final Duration SLOWEST = Duration.ofMillis(20);
    private static final Duration WARM_UP = Duration.ofSeconds(2);

    private static final String TABLE = "\"__items__pages__place\"";
    private static final String COLUMNS = "\"rnId\", \"__korm_unique____korm_rev__\", \"year\", \"number\", \"town\"";
    private static final String SELECT = "SELECT " + COLUMNS + " FROM " + TABLE + " WHERE ";
    private static final String LIMIT = " LIMIT " + PAGE;

    /** A row of the collection. */
    @Stored(layer = "main", namespace = "pages", kind = "place")
    @Indexed({"year", "number"})
    record Place(@Indexed @Nullable Integer year, int number, String town) {}

    /** A row as a program has it that does without korm. */
    record Row(String id, long revision, Place place) {}

    /** A place in the order, the row behind which it is, and how a page is read there by hand. */
    private record Spot(String name, Optional<Long> row, String sql) {}

    private record Asked(String name, List<Order> order, List<Spot> spots) {}

    /** How many rows have the same year and number. */
    private final int ties;

    private PageSpeed(int ties) {
        this.ties = ties;
    }

    /** Prints the table. */
    public static void main(String[] args) throws Exception {
        int wanted = args.length == 0 ? 1_000_000 : Integer.parseInt(args[0]);
        Path folder = Files.createTempDirectory("korm-pages");
        try {
            new PageSpeed(Math.max(40, wanted / (YEARS * NUMBERS))).run(folder.resolve("main.sqlite"));
        } finally {
            World.delete(folder);
        }
    }

    /** Returns the number of the row with a year, a number, and so many before it with the same. */
    private static long row(int year, int number, int tie) {
        return year + (long) YEARS * (number + (long) NUMBERS * tie);
    }

    /** Returns the row of a year at a place, by number and id. */
    private long byNumber(int year, int place) {
        return row(year, place / ties, place % ties);
    }

    private long backByNumber(int year, int place) {
        return row(year, NUMBERS - 1 - place / ties, ties - 1 - place % ties);
    }

    private List<Asked> questions() {
        int nulls = YEARS - 1;
        int ofYear = NUMBERS * ties;
        String byId = "\"rnId\"";
        List<Spot> byYearAndNumber = List.of(
                spot("year IS NOT NULL ORDER BY year, number, " + byId),
                spot(
                        byNumber(0, FAR - 1),
                        "(year, number, \"rnId\") > (:year, :number, :id) ORDER BY year, number, " + byId),
                last(
                        byNumber(nulls, ofYear - PAGE - 1),
                        "year IS NULL AND (number, \"rnId\") > (:number, :id) ORDER BY number, " + byId));
        return List.of(
                new Asked(
                        "year",
                        List.of(asc("year")),
                        List.of(
                                spot("year IS NOT NULL ORDER BY year, " + byId),
                                spot(
                                        (long) YEARS * (FAR - 1),
                                        "(year, \"rnId\") > (:year, :id) ORDER BY year, " + byId),
                                last(
                                        (long) YEARS * (ofYear - PAGE - 1) + nulls,
                                        "year IS NULL AND \"rnId\" > :id ORDER BY " + byId))),
                new Asked(
                        "year, backwards",
                        List.of(desc("year")),
                        List.of(
                                spot("year IS NULL ORDER BY \"rnId\" DESC"),
                                spot(
                                        (long) YEARS * (ofYear - FAR) + nulls,
                                        "year IS NULL AND \"rnId\" < :id ORDER BY \"rnId\" DESC"),
                                last(
                                        (long) YEARS * PAGE,
                                        "(year, \"rnId\") < (:year, :id) ORDER BY year DESC, \"rnId\" DESC"))),
                new Asked("year and number", List.of(asc("year"), asc("number")), byYearAndNumber),
                new Asked(
                        "the same, nulls first",
                        List.of(asc("year"), asc("number").nullsFirst()),
                        byYearAndNumber),
                new Asked(
                        "year, and number backwards",
                        List.of(asc("year"), desc("number")),
                        List.of(
                                spot("year = (SELECT min(year) FROM " + TABLE
                                        + ") ORDER BY number DESC, \"rnId\" DESC"),
                                spot(
                                        backByNumber(0, FAR - 1),
                                        "year = :year AND (number, \"rnId\") < (:number, :id) ORDER BY number DESC, \"rnId\" DESC"),
                                last(
                                        backByNumber(nulls, ofYear - PAGE - 1),
                                        "year IS NULL AND (number, \"rnId\") < (:number, :id) ORDER BY number DESC, \"rnId\" DESC"))));
    }

    private static Spot spot(String sql) {
        return new Spot("page 1", Optional.empty(), sql);
    }

    private static Spot spot(long row, String sql) {
        return new Spot("page 201", Optional.of(row), sql);
    }

    private static Spot last(long row, String sql) {
        return new Spot("last page", Optional.of(row), sql);
    }

    private static String id(long row) {
        return String.format(Locale.ROOT, "%08x-0000-4000-8000-000000000000", row);
    }

    private void run(Path file) throws SQLException {
        List<Asked> questions = questions();
        long size = (long) YEARS * NUMBERS * ties;
        List<Long> first = new ArrayList<>(List.of(0L, size - 1, backByNumber(YEARS - 1, NUMBERS * ties - 1)));
        questions.forEach(asked -> asked.spots().forEach(spot -> spot.row().ifPresent(first::add)));
        List<List<String>> cursors = new ArrayList<>();
        try (Pool pool = Korm.pool().layer("main", Sqlite.file(file)).open()) {
            Korm.item(Place.class, pool).prepare();
            try (Connection connection = World.connect(file)) {
                for (long row : first.stream().distinct().toList()) {
                    insert(connection, row, row + 1);
                }
            }
            for (Asked asked : questions) {
                cursors.add(asked.spots().stream()
                        .map(spot -> spot.row()
                                .map(row -> cursor(query(pool, asked), id(row)))
                                .orElse(""))
                        .toList());
            }
        }
        long begun = System.nanoTime();
        fill(file, size);
        System.out.printf(
                Locale.ROOT, "%,d items, written in %d s%n", size, (System.nanoTime() - begun) / 1_000_000_000);
        try (Pool pool = Korm.pool().layer("main", Sqlite.file(file)).open();
                Connection connection = World.connect(file)) {
            for (int i = 0; i < questions.size(); i++) {
                for (int k = 0; k < cursors.get(i).size(); k++) {
                    compare(
                            pool,
                            connection,
                            questions.get(i),
                            questions.get(i).spots().get(k),
                            cursors.get(i).get(k));
                }
                query(pool, questions.get(i))
                        .limit(PAGE)
                        .explain()
                        .toString()
                        .lines()
                        .forEach(line -> System.out.println("    " + line));
            }
        }
    }

    private static Query<Place> query(Pool pool, Asked asked) {
        Items<Place> places = Korm.item(Place.class, pool);
        return places.query().orderBy(asked.order().toArray(Order[]::new));
    }

    /** Returns the cursor behind a row. */
    private static String cursor(Query<Place> query, String id) {
        Page<Place> page = query.page(1);
        while (!page.items().get(0).rn().id().equals(Optional.of(id))) {
            page = query.page(1, page.next().orElseThrow());
        }
        return page.next().orElseThrow();
    }

    private static void insert(Connection connection, long from, long to) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("WITH RECURSIVE n(i) AS (VALUES (?1) UNION ALL SELECT i + 1 FROM n"
                        + " WHERE i + 1 < ?2) INSERT OR IGNORE INTO " + TABLE + " (" + COLUMNS
                        + ") SELECT printf('%08x-0000-4000-8000-000000000000', i), 1, CASE i % " + YEARS + " WHEN "
                        + (YEARS - 1) + " THEN NULL ELSE 1990 + i % " + YEARS + " END, i / " + YEARS + " % " + NUMBERS
                        + ", 'Town ' || i % 100 FROM n")) {
            insert.setLong(1, from);
            insert.setLong(2, to);
            insert.executeUpdate();
        }
    }

    /** Writes all rows, and the indexes behind them. */
    private static void fill(Path file, long size) throws SQLException {
        try (Connection connection = World.connect(file);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA synchronous = OFF");
            statement.execute("PRAGMA cache_size = -200000");
            List<String> indexes = new ArrayList<>();
            List<String> names = new ArrayList<>();
            try (ResultSet known = statement.executeQuery(
                    "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = '__items__pages__place'")) {
                while (known.next()) {
                    names.add(known.getString(1));
                    indexes.add(known.getString(2));
                }
            }
            for (String name : names) {
                statement.execute("DROP INDEX \"" + name + "\"");
            }
            insert(connection, 0, size);
            for (String index : indexes) {
                statement.execute(index);
            }
            statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }

    private void compare(Pool pool, Connection connection, Asked asked, Spot spot, String cursor) throws SQLException {
        Query<Place> query = query(pool, asked);
        String sql = SELECT + spot.sql() + LIMIT;
        long row = spot.row().orElse(0L);
        double[] korm = new double[ROUNDS];
        double[] byHand = new double[ROUNDS];
        double[] ratios = new double[ROUNDS];
        try (PreparedStatement statement = connection.prepareStatement(sql.replaceAll(":(id|year|number)", "?"))) {
            long compiled = System.nanoTime() + WARM_UP.toNanos();
            for (int round = -SLOW; round < ROUNDS; round += round == -1 && System.nanoTime() < compiled ? 0 : 1) {
                long begun = System.nanoTime();
                List<String> ours = (cursor.isEmpty() ? query.page(PAGE) : query.page(PAGE, cursor))
                        .items().stream()
                                .map(item -> item.rn().id().orElseThrow())
                                .toList();
                long between = System.nanoTime();
                List<String> theirs =
                        rows(statement, sql, row).stream().map(Row::id).toList();
                long ended = System.nanoTime();
                if (!ours.equals(theirs) || ours.size() != PAGE) {
                    throw new IllegalStateException(asked.name() + ", " + spot.name() + ": " + ours + " and " + theirs);
                }
                if (round >= 0) {
                    korm[round] = (between - begun) / 1e3;
                    byHand[round] = (ended - between) / 1e3;
                    ratios[round] = korm[round] / byHand[round];
                }
                if (round == -2 && between - begun > SLOWEST.toNanos()) {
                    // Nothing that a page may cost; one call says it.
                    System.out.printf(
                            Locale.ROOT,
                            "%-28s%-10s%12.0f%10.0f (once)%n",
                            asked.name(),
                            spot.name(),
                            (between - begun) / 1e3,
                            (ended - between) / 1e3);
                    return;
                }
            }
        }
        Arrays.sort(korm);
        Arrays.sort(byHand);
        Arrays.sort(ratios);
        System.out.printf(
                Locale.ROOT,
                "%-28s%-10s%12.0f%10.0f%8.2f%n",
                asked.name(),
                spot.name(),
                korm[ROUNDS / 2],
                byHand[ROUNDS / 2],
                ratios[ROUNDS / 2]);
    }

    private static List<Row> rows(PreparedStatement statement, String sql, long row) throws SQLException {
        int at = 1;
        for (int colon = sql.indexOf(':'); colon >= 0; colon = sql.indexOf(':', colon + 1)) {
            if (sql.startsWith("id", colon + 1)) {
                statement.setString(at++, id(row));
            } else if (sql.startsWith("year", colon + 1)) {
                statement.setLong(at++, 1990 + row % YEARS);
            } else {
                statement.setLong(at++, row / YEARS % NUMBERS);
            }
        }
        List<Row> rows = new ArrayList<>();
        try (ResultSet found = statement.executeQuery()) {
            while (found.next()) {
                int year = found.getInt(3);
                rows.add(new Row(
                        found.getString(1),
                        found.getLong(2),
                        new Place(found.wasNull() ? null : year, found.getInt(4), found.getString(5))));
            }
        }
        return rows;
    }
}
