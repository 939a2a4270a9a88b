package dev.korm.testkit.contract.query;

import static dev.korm.Assignment.set;
import static dev.korm.Filter.and;
import static dev.korm.Filter.eq;
import static dev.korm.Filter.gte;
import static dev.korm.Filter.inList;
import static dev.korm.Filter.ne;
import static dev.korm.Filter.not;
import static dev.korm.Filter.or;
import static dev.korm.Order.asc;
import static dev.korm.Order.desc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Aggregate;
import dev.korm.Filter;
import dev.korm.Indexed;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Query;
import dev.korm.QueryException;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.testkit.contract.PoolContract;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Filters, lists and paths that are larger than what a database takes in one statement. Each is answered as a small one is, or
 * refused by an error that names the limit. Every layer passes it.
 */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class LargeQueryContract extends PoolContract {
    /** More than the values of one statement on any database, and more than fit into 16 bits. */
    private static final int MANY = 70_000;

    /** More tables than SQLite and MariaDB join in one statement. */
    private static final int COLLECTIONS = 70;

    /** Kinds whose square is more tables than SQLite and MariaDB join in one statement. */
    private static final int KINDS = 11;

    /** As deep as filters may stand within one another. */
    private static final int DEEPEST = 100;

    /** As many comparisons as a filter may make. */
    protected static final int MOST = 10_000;

    /** A value of each kind, in a column of its own and within another. */
    @SuppressWarnings("ArrayRecordComponent") // Bytes are a kind of value.
    @Stored(namespace = "large", kind = "thing")
    record Thing(
            @Indexed @Nullable Long number,
            @Indexed @Nullable String text,
            @Indexed @Nullable Double weight,
            @Nullable Boolean flag,
            byte @Nullable [] bytes,
            List<String> tags,
            @Nullable Inner inner) {}

    @SuppressWarnings("ArrayRecordComponent") // Bytes are a kind of value.
    record Inner(
            @Nullable Long number,
            @Nullable String text,
            @Nullable Double weight,
            @Nullable Boolean flag,
            byte @Nullable [] bytes) {}

    private Items<Thing> things() {
        return Korm.item(Thing.class, pool());
    }

    private static Thing thing(int i) {
        Inner inner = new Inner((long) i, text(i), weight(i), i % 2 == 0, bytes(i));
        return new Thing((long) i, text(i), weight(i), i % 2 == 0, bytes(i), List.of("all", text(i)), inner);
    }

    private static String text(int i) {
        return "it's \\ Ž😀 " + i;
    }

    private static double weight(int i) {
        return i / 8.0;
    }

    private static byte[] bytes(int i) {
        return new byte[] {(byte) (i >> 16), (byte) (i >> 8), (byte) i};
    }

    /** Stores ten things: of the numbers 0 to 7, of nulls, and of none. */
    protected final void storeThings() {
        List<Thing> all = new ArrayList<>();
        IntStream.range(0, 8).forEach(i -> all.add(thing(i)));
        all.add(new Thing(null, null, null, null, null, List.of(), new Inner(null, null, null, null, null)));
        all.add(new Thing(null, null, null, null, null, List.of(), null));
        Korm.createAll(all.stream().map(each -> things().fromData(each)).toList());
    }

    private List<Rn<Thing>> find(Filter filter) {
        return things().query().where(filter).orderBy(asc("rnId")).get().stream()
                .map(Item::rn)
                .toList();
    }

    private static List<Object> many(IntFunction<Object> value) {
        return IntStream.range(1_000, 1_000 + MANY).mapToObj(value).toList();
    }

    private static List<Object> with(List<Object> some, Object... more) {
        List<Object> all = new ArrayList<>(some);
        for (Object one : more) {
            all.add(all.size() / 2, one);
        }
        return all;
    }

    private void answersAsASmallList(String path, List<Object> padding, Object... wanted) {
        Object[] orNull = with(List.of(wanted), (Object) null).toArray();
        for (Object[] values : List.of(wanted, orNull)) {
            Filter large = inList(path, with(padding, values));
            Filter small = inList(path, values);
            assertThat(find(small)).isNotEmpty();
            assertThat(find(large)).as(path).isEqualTo(find(small));
            assertThat(find(not(large))).as("not in " + path).isEqualTo(find(not(small)));
        }
    }

    @Test
    void a_long_list_of_numbers_answers_as_a_short_one() {
        storeThings();
        List<Object> numbers = many(i -> (long) i);
        List<Object> weights = many(LargeQueryContract::weight);
        answersAsASmallList("number", numbers, 2L, 5L);
        answersAsASmallList("inner.number", numbers, 2L, 5L);
        answersAsASmallList("weight", weights, 0.125, 0.5);
        answersAsASmallList("inner.weight", weights, 0.125, 0.5);
        answersAsASmallList("number", many(i -> i % 2 == 0 ? (Object) (long) i : (Object) (i + 0.5)), 2L, 5L);
    }

    @Test
    void a_long_list_of_texts_answers_as_a_short_one() {
        storeThings();
        List<Object> texts = many(LargeQueryContract::text);
        answersAsASmallList("text", texts, text(2), text(5));
        answersAsASmallList("inner.text", texts, text(2), text(5));
        Filter large = inList("tags[*]", with(texts, text(2), text(5)));
        assertThat(find(large)).hasSize(2).isEqualTo(find(inList("tags[*]", text(2), text(5))));
    }

    @Test
    void a_long_list_of_bytes_or_booleans_answers_as_a_short_one() {
        storeThings();
        List<Object> bytes = many(LargeQueryContract::bytes);
        answersAsASmallList("bytes", bytes, bytes(2), bytes(5));
        answersAsASmallList("inner.bytes", bytes, bytes(2), bytes(5));
        List<Object> flags = many(i -> true);
        answersAsASmallList("flag", flags, true);
        answersAsASmallList("inner.flag", flags, true);
    }

    @Test
    void a_long_list_of_unique_values_finds_their_items() {
        users().fromData(User.of("Ada", "ada")).create();
        users().fromData(User.of("Bob", "bob")).create();
        users().fromData(User.of("Cy", "cy")).create();
        Filter filter = inList("username", with(many(i -> "nobody" + i), "ada", "cy"));
        assertThat(users().query().where(filter).orderBy(asc("username")).get())
                .extracting(item -> item.data().firstName())
                .containsExactly("Ada", "Cy");
    }

    @Test
    void several_long_lists_stand_in_one_filter_and_choose_what_changes() {
        storeThings();
        Filter filter = and(
                inList("number", with(many(i -> (long) i), 2L, 5L)),
                inList("inner.text", with(many(LargeQueryContract::text), text(5), text(6))));
        Query<Thing> query = things().query().where(filter);
        assertThat(query.updateAll(set("flag", null))).isEqualTo(1);
        assertThat(query.get()).extracting(item -> item.data().number()).containsExactly(5L);
        assertThat(things().query().where(eq("flag", null)).count()).isEqualTo(3);
        assertThat(query.deleteAll()).isEqualTo(1);
        assertThat(things().query().count()).isEqualTo(9);
    }

    @Test
    void a_disjunction_made_in_a_loop_answers_as_one_made_of_a_list() {
        storeThings();
        for (String path : List.of("number", "inner.number")) {
            List<Filter> equalities = IntStream.range(0, 20_000)
                    .<Filter>mapToObj(i -> eq(path, i * 2))
                    .toList();
            Filter appended = equalities.get(0);
            Filter prepended = equalities.get(0);
            for (Filter equality : equalities.subList(1, equalities.size())) {
                appended = appended.or(equality);
                prepended = equality.or(prepended);
            }
            assertThat(find(or(equalities.toArray(Filter[]::new))))
                    .hasSize(4)
                    .isEqualTo(find(appended))
                    .isEqualTo(find(prepended));
        }
    }

    @Test
    void a_conjunction_made_in_a_loop_answers_as_one_made_of_a_list() {
        storeThings();
        List<Filter> inequalities = IntStream.range(0, 1_500)
                .<Filter>mapToObj(i -> ne("number", i * 2))
                .toList();
        assertThat(find(conjunction(inequalities)))
                .hasSize(4)
                .isEqualTo(find(and(inequalities.toArray(Filter[]::new))));
    }

    private static Filter conjunction(List<Filter> filters) {
        Filter all = filters.get(0);
        for (Filter filter : filters.subList(1, filters.size())) {
            all = all.and(filter);
        }
        return all;
    }

    @Test
    void a_filter_of_more_comparisons_than_can_be_planned_is_refused_before_it_is_sent() {
        List<Filter> inequalities = IntStream.range(0, 20_000)
                .<Filter>mapToObj(i -> ne("number", i))
                .toList();
        for (Filter filter : List.of(conjunction(inequalities), and(inequalities.toArray(Filter[]::new)))) {
            assertThatThrownBy(() -> things().query().where(filter))
                    .isExactlyInstanceOf(QueryException.class)
                    .hasMessageContaining("at most " + MOST + " comparisons")
                    .hasMessageContaining("20000");
        }
    }

    /** Returns a filter of and(…) and or(…) in turn, which finds the things of 5 and up. */
    private static Filter alternating(int levels) {
        Filter filter = gte("number", 5);
        for (int level = 1; level < levels; level++) {
            filter = level % 2 == 0 ? filter.or(eq("inner.number", -level)) : filter.and(ne("text", "no" + level));
        }
        return filter;
    }

    @Test
    void filters_stand_as_deep_within_one_another_as_is_said_and_no_deeper() {
        storeThings();
        assertThat(find(alternating(DEEPEST))).hasSize(3).isEqualTo(find(gte("number", 5)));
        assertThat(find(not(alternating(DEEPEST - 1)))).hasSize(5);
        for (Filter deeper :
                List.of(alternating(DEEPEST + 1), not(alternating(DEEPEST)), alternating(20_000), nots(20_000))) {
            assertThatThrownBy(() -> things().query().where(deeper))
                    .isExactlyInstanceOf(QueryException.class)
                    .hasMessageContaining("at most " + DEEPEST + " deep");
        }
    }

    private static Filter nots(int levels) {
        Filter filter = eq("number", 5);
        for (int level = 1; level < levels; level++) {
            filter = not(filter.and(ne("number", level)));
        }
        return filter;
    }

    @Test
    void a_statement_of_too_many_values_is_refused_before_it_is_sent() {
        storeThings();
        Filter[] lists = IntStream.range(0, 400)
                .mapToObj(list -> not(inList(
                        "number",
                        IntStream.range(0, 200)
                                .mapToObj(i -> 1_000L + 200L * list + i)
                                .toList())))
                .toArray(Filter[]::new);
        isAnsweredOrRefused(and(lists), 8);
    }

    /** Checks that a filter finds so many, or is refused by an error that names the limit of a statement. */
    protected final void isAnsweredOrRefused(Filter filter, int found) {
        Query<Thing> query = things().query().where(filter);
        try {
            assertThat(query.count()).isEqualTo(found);
        } catch (QueryException refused) {
            assertThat(refused).hasMessageContaining("takes at most").hasMessageContaining("nothing was sent");
        }
    }

    /** A tenant, each stored in a namespace of its own. */
    record Tenant(String name) {}

    /** A flat of a tenant. */
    record Flat(String number, int floor, Rn<Tenant> tenant) {}

    private Items<Flat> flats() {
        return Korm.item(Flat.class, pool());
    }

    private void storeInManyCollections() {
        for (int i = 0; i < COLLECTIONS; i++) {
            String namespace = "tenant" + (char) ('a' + i / 26) + (char) ('a' + i % 26);
            Rn<Tenant> tenant = Korm.item(Tenant.class, pool())
                    .fromData(namespace, "user", new Tenant(String.format("U%02d", i)))
                    .create()
                    .rn();
            flats().fromData("houses", "flat", new Flat("number" + i, i, tenant))
                    .create();
        }
    }

    @Test
    void a_path_leads_through_a_reference_into_many_collections() {
        storeInManyCollections();
        Query<Flat> all = flats().fromQuery("houses", "flat");
        assertThat(all.where(eq("tenant.name", "U69")).get())
                .extracting(item -> item.data().floor())
                .containsExactly(69);
        assertThat(all.where(not(gte("tenant.name", "U03"))).count()).isEqualTo(3);
        assertThat(all.where(or(eq("tenant.name", "U02"), eq("floor", 68))).count())
                .isEqualTo(2);
        assertThat(all.orderBy(desc("tenant.name")).limit(3).get())
                .extracting(item -> item.data().floor())
                .containsExactly(69, 68, 67);
        assertThat(all.groupBy("tenant.name").select(Aggregate.count())).hasSize(COLLECTIONS);
        assertThat(all.max("tenant.name")).hasToString("Optional[U69]");
        assertThat(all.resolvePaths("tenant").orderBy(asc("floor")).get())
                .extracting(item -> item.data().tenant().get().name())
                .hasSize(COLLECTIONS)
                .startsWith("U00", "U01")
                .endsWith("U69");
    }

    @Test
    void items_are_changed_and_deleted_by_a_path_into_many_collections() {
        storeInManyCollections();
        Query<Flat> found = flats().fromQuery("houses", "flat").where(gte("tenant.name", "U66"));
        assertThat(found.updateAll(set("number", "changed"))).isEqualTo(4);
        assertThat(flats().fromQuery("houses", "flat")
                        .where(eq("number", "changed"))
                        .count())
                .isEqualTo(4);
        assertThat(found.deleteAll()).isEqualTo(4);
        assertThat(flats().fromQuery("houses", "flat").count()).isEqualTo(COLLECTIONS - 4);
    }

    /** An item that leads on to another one. */
    record Link(String name, List<Rn<Link>> more) {}

    @Test
    void a_path_through_two_references_leads_into_many_collections_at_each() {
        Items<Link> links = Korm.item(Link.class, pool());
        Rn<Link> last = null;
        for (int i = 0; i < KINDS + 2; i++) {
            Link link = new Link("N" + i, last == null ? List.of() : List.of(last));
            last = links.fromData("links", "kind" + (char) ('a' + i % KINDS), link)
                    .create()
                    .rn();
        }
        for (int i = 0; i < KINDS; i++) {
            Link link = new Link("first " + i, List.of(last));
            last = links.fromData("links", "kind" + (char) ('a' + i), link)
                    .create()
                    .rn();
            links.fromData("links", "start", new Link("start " + i, List.of(last)))
                    .create();
        }
        Query<Link> starts = links.fromQuery("links", "start");
        assertThat(starts.where(eq("more[0].more[0].name", "first 3")).get())
                .extracting(item -> item.data().name())
                .containsExactly("start 4");
        assertThat(starts.orderBy(desc("more[0].more[0].name")).limit(2).get())
                .extracting(item -> item.data().name())
                .containsExactly("start 10", "start 9");
        assertThat(starts.max("more[0].more[0].name")).hasToString("Optional[first 9]");
    }
}
