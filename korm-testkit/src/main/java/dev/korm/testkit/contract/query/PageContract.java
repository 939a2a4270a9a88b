package dev.korm.testkit.contract.query;

import static dev.korm.Filter.gt;
import static dev.korm.Order.asc;
import static dev.korm.Order.desc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.korm.Document;
import dev.korm.Filter;
import dev.korm.FloatingItem;
import dev.korm.Indexed;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Order;
import dev.korm.Page;
import dev.korm.Query;
import dev.korm.QueryException;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.testkit.Seed;
import dev.korm.testkit.contract.PoolContract;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Pages, one after the other, are the whole answer, whatever the order's values are. Every layer passes it. */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class PageContract extends PoolContract {
    /** Few values, so that many are equal, and those that differ by little. */
    private static final List<Object> SCALARS = List.of(
            true,
            false,
            0L,
            -1L,
            2L,
            1.5,
            -1e300,
            9_007_199_254_740_992L,
            9_007_199_254_740_993L,
            Long.MIN_VALUE,
            "",
            "a",
            "B",
            "10",
            "true",
            "ä",
            "\uffee",
            "\ud83d\ude97");

    private static final List<Object> NUMBERS = List.of(
            9_007_199_254_740_991L,
            9_007_199_254_740_992L,
            9_007_199_254_740_993L,
            9_007_199_254_740_994L,
            9.007199254740992e15,
            0.1,
            1L);

    /** A measurement, of which other programs write numbers that no double holds. */
    @Stored(namespace = "pages", kind = "measured")
    public record Measured(Inner inner) {}

    /** A value inside JSON. */
    public record Inner(@Nullable Double number) {}

    /** An article, in whose indexes are texts, times and decimals. */
    @Stored(namespace = "pages", kind = "article")
    @Indexed({"status", "moment"})
    @Indexed({"status", "title", "price"})
    public record Article(
            @Indexed @Nullable String title,
            @Nullable String status,
            @Indexed @Nullable Instant moment,
            @Indexed @Nullable BigDecimal price,
            @Nullable Integer number) {}

    /** A plot, in whose indexes any of the values may be null, so that indexes have them at an end. */
    @Stored(namespace = "pages", kind = "plot")
    @Indexed({"year", "number"})
    @Indexed({"town", "year", "number"})
    @Indexed({"sold", "town"})
    public record Plot(
            @Nullable Integer year,
            @Nullable Integer number,
            @Nullable String town,
            @Nullable Boolean sold,
            int height) {}

    private void store(String kind, List<? extends Map<String, ? extends @Nullable Object>> rows) {
        Korm.createAll(rows.stream()
                .map(row -> documents().fromData("pages", kind, Document.of(row)))
                .toList());
    }

    private static <T> void assertPagesAreTheWhole(Query<T> query, int... sizes) {
        List<Rn<T>> whole = query.get().stream().map(Item::rn).toList();
        for (int size : sizes) {
            List<Rn<T>> paged = new ArrayList<>();
            Optional<String> cursor = Optional.empty();
            do {
                Page<T> page = query.page(size, cursor.orElse(null));
                assertThat(page.items()).hasSizeLessThanOrEqualTo(size);
                page.items().forEach(item -> paged.add(item.rn()));
                cursor = page.next();
                assertThat(cursor.isPresent() ? page.items().size() : size).isEqualTo(size);
            } while (cursor.isPresent() && paged.size() <= whole.size());
            assertThat(paged).as("%s by %d", query, size).isEqualTo(whole);
        }
    }

    @Test
    void a_page_says_how_many_items_there_are_on_all_pages() {
        assertThat(documents().fromQuery("pages", "counted").pageWithTotal(2))
                .isEqualTo(new Page<>(List.of(), Optional.empty(), OptionalLong.of(0)));
        store(
                "counted",
                Stream.of("a", "b", "c", "d", "e")
                        .map(name -> Map.of("name", name))
                        .toList());
        Query<Document> query =
                documents().fromQuery("pages", "counted").where(gt("name", "a")).orderBy(asc("name"));
        assertThat(query.page(2).total()).isEmpty();
        Page<Document> first = query.pageWithTotal(3);
        assertThat(first.total()).hasValue(4);
        assertThat(first.items()).hasSize(3);
        Page<Document> last = query.pageWithTotal(3, first.next().orElseThrow());
        assertThat(last.total()).hasValue(4);
        assertThat(last.items()).hasSize(1);
        assertThat(last.next()).isEmpty();
        assertThat(query.page(3, first.next().orElseThrow()).items()).hasSize(1);
        assertThat(query.pageWithTotal(9).total()).hasValue(4);
        assertThatThrownBy(() -> query.pageWithTotal(0)).isInstanceOf(QueryException.class);
        assertThatThrownBy(() -> query.limit(2).pageWithTotal(1)).isInstanceOf(QueryException.class);
        pool().transaction(tx -> {
            Items<Document> seen = tx.item(Document.class);
            seen.fromData("pages", "counted", Document.of(Map.of("name", "f"))).create();
            Page<Document> page = seen.fromQuery("pages", "counted")
                    .where(gt("name", "a"))
                    .orderBy(desc("name"))
                    .pageWithTotal(2);
            assertThat(page.total()).hasValue(5);
            return page.items().get(0).set("name", "g").commit();
        });
        assertThat(last.items().get(0).set("name", "h").commit().data().text("name"))
                .isEqualTo("h");
    }

    @Test
    void a_page_and_its_total_are_of_one_moment() throws Exception {
        store("moving", List.of(Map.of("name", "b"), Map.of("name", "c"), Map.of("name", "d")));
        assumeTrue(keepsSnapshots());
        Query<Document> query = documents().fromQuery("pages", "moving").orderBy(asc("name"));
        AtomicBoolean ended = new AtomicBoolean();
        CountDownLatch begun = new CountDownLatch(1);
        ExecutorService others = Executors.newSingleThreadExecutor();
        try {
            Future<Integer> writing = others.submit(() -> {
                int written = 0;
                while (!ended.get()) {
                    documents()
                            .fromData("pages", "moving", Document.of(Map.of("name", "a")))
                            .create()
                            .delete();
                    written++;
                    begun.countDown();
                }
                return written;
            });
            try {
                assertThat(begun.await(1, TimeUnit.MINUTES)).isTrue();
                for (int i = 0; i < 100; i++) {
                    Page<Document> page = query.pageWithTotal(2);
                    boolean one = page.items().get(0).data().text("name").equals("a");
                    assertThat(page.total()).hasValue(one ? 4 : 3);
                }
            } finally {
                ended.set(true);
            }
            assertThat(writing.get(1, TimeUnit.MINUTES)).isPositive();
        } finally {
            others.shutdownNow();
        }
    }

    /** Returns whether the layer answers several questions as of one moment. */
    protected boolean keepsSnapshots() {
        return true;
    }

    @Test
    void a_page_goes_on_with_values_of_another_sort() {
        store(
                "mixed",
                Stream.of(true, 1, 2, "a", "b")
                        .map(value -> Map.of("deep", Map.of("value", value)))
                        .toList());
        Query<Document> query = documents().fromQuery("pages", "mixed").orderBy(asc("deep.value"));
        assertThat(query.page(1, query.page(1).next().orElseThrow())
                        .items()
                        .get(0)
                        .data()
                        .longValue("deep.value"))
                .isEqualTo(1);
        assertPagesAreTheWhole(query, 1, 2, 3);
        assertPagesAreTheWhole(documents().fromQuery("pages", "mixed").orderBy(desc("deep.value")), 1, 2, 3);
    }

    @Test
    void pages_are_the_whole_whatever_the_order_holds() {
        Random random = Seed.random(getClass());
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            rows.add(row(random));
        }
        store("mixed", rows);
        for (int round = 0; round < 12; round++) {
            Order[] order = Stream.generate(() -> order(random))
                    .limit(1 + random.nextInt(3))
                    .toArray(Order[]::new);
            assertPagesAreTheWhole(
                    documents().fromQuery("pages", "mixed").orderBy(order),
                    1 + random.nextInt(4),
                    5 + random.nextInt(20));
        }
    }

    @Test
    void a_stream_that_resolves_references_is_the_whole_whatever_the_order_holds() {
        Random random = Seed.random(getClass());
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 700; i++) {
            rows.add(row(random));
        }
        store("streamed", rows);
        Query<Document> all = documents().fromQuery("pages", "streamed");
        assertThat(streamed(all.resolvePaths("refers")))
                .containsExactlyInAnyOrderElementsOf(
                        all.get().stream().map(Item::rn).toList());
        for (int round = 0; round < 8; round++) {
            Order[] order = Stream.generate(() -> order(random))
                    .limit(1 + random.nextInt(3))
                    .toArray(Order[]::new);
            int limit = round % 2 == 0 ? 1_000 : 1 + random.nextInt(700);
            Query<Document> query = all.orderBy(order).limit(limit);
            assertThat(streamed(query.resolvePaths("refers")))
                    .as("%s", query)
                    .isEqualTo(query.get().stream().map(Item::rn).toList());
        }
    }

    private static List<Rn<Document>> streamed(Query<Document> query) {
        try (Stream<Item<Document>> items = query.stream()) {
            return items.map(Item::rn).toList();
        }
    }

    private static Map<String, Object> row(Random random) {
        Map<String, Object> row = new LinkedHashMap<>();
        Map<String, Object> deep = new LinkedHashMap<>();
        deep.put("value", any(random));
        deep.put("list", Arrays.asList(any(random), any(random)));
        if (random.nextInt(4) > 0) {
            row.put("deep", deep);
        }
        row.put("top", random.nextInt(5) == 0 ? deep : List.of(any(random) instanceof String text ? text : 7L));
        row.put("text", random.nextInt(4) == 0 ? null : "t" + random.nextInt(3));
        row.put("number", random.nextInt(4) == 0 ? null : random.nextInt(3) / 2.0 + 0.25);
        return row;
    }

    private static @Nullable Object any(Random random) {
        return switch (random.nextInt(10)) {
            case 0 -> null;
            case 1 -> List.of(1);
            case 2 -> Map.of("x", 1);
            default -> SCALARS.get(random.nextInt(SCALARS.size()));
        };
    }

    private static Order order(Random random) {
        String path = List.of(
                        "deep.value", "deep.list[1]", "deep.nothing", "top", "top[0]", "text", "number", "nowhere")
                .get(random.nextInt(8));
        Order order = random.nextBoolean() ? asc(path) : desc(path);
        return switch (random.nextInt(3)) {
            case 0 -> order.nullsFirst();
            case 1 -> order.nullsLast();
            default -> order;
        };
    }

    @Test
    void pages_are_the_whole_by_what_references_name() {
        Random random = Seed.random(getClass());
        List<Rn<?>> named = new ArrayList<>();
        for (String kind : List.of("left", "right")) {
            for (int i = 0; i < 8; i++) {
                Map<String, Object> data = new LinkedHashMap<>();
                data.put("deep", Arrays.asList(any(random)));
                data.put("name", i % 3 == 0 ? null : "n" + i % 4);
                named.add(documents()
                        .fromData("pages", kind, Document.of(data))
                        .create()
                        .rn());
            }
        }
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("refers", i % 7 == 0 ? null : named.get(random.nextInt(named.size())));
            row.put("n", i % 2);
            rows.add(row);
        }
        store("referring", rows);
        for (Order order : List.of(
                asc("refers.deep[0]"),
                desc("refers.deep[0]").nullsLast(),
                desc("refers.name"),
                asc("refers.deep[0]").nullsFirst())) {
            assertPagesAreTheWhole(documents().fromQuery("pages", "referring").orderBy(desc("n"), order), 1, 4);
            assertPagesAreTheWhole(documents().fromQuery("pages", "referring").orderBy(order, asc("n")), 3);
        }
    }

    @Test
    void pages_are_the_whole_by_numbers_that_the_record_cannot_hold() {
        store(
                "measured",
                NUMBERS.stream()
                        .map(number -> Map.of("inner", Map.of("number", number)))
                        .toList());
        for (Order order : List.of(asc("inner.number"), desc("inner.number"))) {
            List<Object> whole = documents().fromQuery("pages", "measured").orderBy(order).get().stream()
                    .map(item -> item.data().get("inner.number").orElseThrow())
                    .toList();
            List<Object> paged = new ArrayList<>();
            Optional<String> cursor = Optional.empty();
            do {
                Page<Measured> page =
                        Korm.item(Measured.class, pool()).query().orderBy(order).page(1, cursor.orElse(null));
                page.items()
                        .forEach(item -> paged.add(documents()
                                .fromRn(Rn.parse(item.rn().toString()))
                                .get()
                                .data()
                                .get("inner.number")
                                .orElseThrow()));
                cursor = page.next();
            } while (cursor.isPresent() && paged.size() < 10);
            assertThat(paged).isEqualTo(whole);
        }
    }

    @Test
    void pages_are_the_whole_by_bytes_decimals_and_flags() {
        Random random = Seed.random(getClass());
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("bytes", i % 6 == 0 ? null : new byte[] {(byte) (random.nextInt(3) * 100), (byte) i});
            row.put(
                    "price",
                    i % 5 == 0
                            ? null
                            : new BigDecimal(random.nextInt(4)).setScale(i % 3).subtract(BigDecimal.ONE));
            row.put("flag", i % 3 == 0 ? null : random.nextBoolean());
            rows.add(row);
        }
        store("raw", rows);
        for (String field : List.of("bytes", "price", "flag")) {
            for (Order order : List.of(
                    asc(field),
                    desc(field),
                    asc(field).nullsFirst(),
                    desc(field).nullsLast())) {
                assertPagesAreTheWhole(documents().fromQuery("pages", "raw").orderBy(order), 1, 4);
            }
        }
    }

    @Test
    void pages_are_the_whole_in_the_order_of_an_index() {
        Random random = Seed.random(getClass());
        Items<Article> articles = Korm.item(Article.class, pool());
        List<FloatingItem<Article>> all = new ArrayList<>();
        for (int i = 0; i < 90; i++) {
            all.add(articles.fromData(new Article(
                    title(random),
                    random.nextInt(5) == 0 ? null : "s" + random.nextInt(2),
                    random.nextInt(5) == 0
                            ? null
                            : Instant.parse("2026-01-01T00:00:00Z").plusNanos(random.nextInt(9) * 100_000_000L),
                    random.nextInt(5) == 0
                            ? null
                            : new BigDecimal(random.nextInt(7) - 3)
                                    .movePointLeft(random.nextInt(3))
                                    .setScale(3 + random.nextInt(2)),
                    random.nextInt(4) == 0 ? null : random.nextInt(5))));
        }
        Korm.createAll(all);
        for (int round = 0; round < 30; round++) {
            Query<Article> query = articles.query();
            for (Filter filter : List.of(filter(random), filter(random))) {
                query = random.nextBoolean() ? query.where(filter) : query;
            }
            List<String> fields = List.of(
                            List.of("title"),
                            List.of("moment"),
                            List.of("price"),
                            List.of("status", "moment"),
                            List.of("status", "title", "price"),
                            List.of("title", "price"))
                    .get(random.nextInt(6));
            boolean up = random.nextBoolean();
            Order[] order = fields.stream()
                    .map(field -> up ? asc(field) : desc(field))
                    .map(each -> random.nextInt(8) > 0 ? each : each.nullsFirst())
                    .toArray(Order[]::new);
            assertPagesAreTheWhole(query.orderBy(order), 2 + random.nextInt(12));
        }
    }

    @Test
    void pages_are_as_a_model_has_them_wherever_nulls_are_and_directions_turn() {
        Random random = Seed.random(getClass());
        Items<Plot> plots = Korm.item(Plot.class, pool());
        List<Item<Plot>> all = new ArrayList<>(Korm.createAll(Stream.generate(() -> plot(random))
                .limit(160)
                .map(plots::fromData)
                .toList()));
        for (int round = 0; round < 60; round++) {
            List<String> fields = List.of(
                            List.of("year", "number"),
                            List.of("town", "year", "number"),
                            List.of("town", "year"),
                            List.of("sold", "town"))
                    .get(random.nextInt(4));
            List<Order> order = new ArrayList<>();
            Comparator<Item<Plot>> compared = Comparator.comparingInt(item -> 0);
            boolean up = true;
            for (String field : fields) {
                up = random.nextBoolean();
                boolean nullsFirst = random.nextBoolean();
                Order key = up ? asc(field) : desc(field);
                order.add(nullsFirst ? key.nullsFirst() : key.nullsLast());
                compared = compared.thenComparing(item -> value(item.data(), field), comparator(up, nullsFirst));
            }
            Comparator<String> ids = up ? Comparator.naturalOrder() : Comparator.reverseOrder();
            compared = compared.thenComparing(item -> item.rn().id().orElseThrow(), ids);
            Query<Plot> query = plots.query().orderBy(order.toArray(Order[]::new));
            Predicate<Plot> beside = plot -> true;
            switch (random.nextInt(5)) {
                case 0 -> {
                    query = query.where(Filter.eq("town", "t1"));
                    beside = plot -> "t1".equals(plot.town());
                }
                case 1 -> {
                    query = query.where(Filter.lt("height", 2));
                    beside = plot -> plot.height() < 2;
                }
                case 2 -> {
                    query = query.where(Filter.isNull("year").or(gt("year", 1)));
                    beside = plot -> plot.year() == null || plot.year() > 1;
                }
                default -> {
                    // As it is.
                }
            }
            Predicate<Plot> chosen = beside;
            List<Rn<Plot>> model = all.stream()
                    .filter(item -> chosen.test(item.data()))
                    .sorted(compared)
                    .map(Item::rn)
                    .toList();
            assertThat(query.get().stream().map(Item::rn).toList())
                    .as("%s", query)
                    .isEqualTo(model);
            int some = 1 + random.nextInt(30);
            assertThat(query.limit(some).get().stream().map(Item::rn).toList())
                    .as("%s, the first %d", query, some)
                    .isEqualTo(model.subList(0, Math.min(some, model.size())));
            assertPagesAreTheWhole(query, 1 + random.nextInt(4), 5 + random.nextInt(40));
        }
    }

    private static Plot plot(Random random) {
        // A year in which no number is known, and a town in which no year is.
        Integer year = random.nextInt(5) == 0 ? null : Integer.valueOf(random.nextInt(5));
        String town = random.nextInt(5) == 0 ? null : "t" + random.nextInt(4);
        boolean known = !Integer.valueOf(2).equals(year) && random.nextInt(3) > 0;
        return new Plot(
                "t3".equals(town) ? null : year,
                known ? Integer.valueOf(random.nextInt(4)) : null,
                town,
                random.nextInt(3) == 0 ? null : Boolean.valueOf(random.nextBoolean()),
                random.nextInt(4));
    }

    private static @Nullable Object value(Plot plot, String field) {
        return switch (field) {
            case "year" -> plot.year();
            case "number" -> plot.number();
            case "town" -> plot.town();
            default -> plot.sold();
        };
    }

    @SuppressWarnings("unchecked") // Each field has values of one class.
    private static Comparator<Object> comparator(boolean up, boolean nullsFirst) {
        Comparator<Object> natural = (one, other) -> ((Comparable<Object>) one).compareTo(other);
        Comparator<Object> directed = up ? natural : natural.reversed();
        return nullsFirst ? Comparator.nullsFirst(directed) : Comparator.nullsLast(directed);
    }

    /** Titles are often equal, and often so in more than an index may hold of them. */
    private static @Nullable String title(Random random) {
        String end = List.of("", "a", "b", "\u0001", "\u0001\u0001", "\u0002", "\ud83d\ude97", "\uffee", "A")
                .get(random.nextInt(9));
        return switch (random.nextInt(5)) {
            case 0 -> null;
            case 1 -> end;
            case 2 -> "common" + end + random.nextInt(3);
            case 3 -> "x".repeat(216 + random.nextInt(3)) + end;
            default -> "y".repeat(252 + random.nextInt(4)) + end + random.nextInt(2);
        };
    }

    private static Filter filter(Random random) {
        String title = Optional.ofNullable(title(random)).orElse("common");
        return switch (random.nextInt(9)) {
            case 0 -> Filter.eq("status", "s1");
            case 1 -> Filter.gte("title", title);
            case 2 -> Filter.lt("title", title);
            case 3 -> Filter.not(Filter.isNull("title"));
            case 4 -> Filter.isNull("status");
            case 5 -> Filter.gt("price", new BigDecimal("-0.02"));
            case 6 -> Filter.lte("moment", Instant.parse("2026-01-01T00:00:00.4Z"));
            case 7 -> Filter.or(Filter.eq("status", "s0"), Filter.lt("number", 3));
            default -> Filter.eq("title", title);
        };
    }

    @Test
    void pages_are_the_whole_by_long_texts() {
        String shared = "x".repeat(16_000);
        String rest = "y".repeat(900_000);
        store(
                "long",
                Stream.of("a", "b", "c")
                        .map(middle -> Map.of("text", shared + middle + rest))
                        .toList());
        // MySQL and MariaDB sort texts by their first 16,000 characters.
        assertPagesAreTheWhole(documents().fromQuery("pages", "long").orderBy(asc("text")), 1);
    }
}
