package dev.korm.testkit.across;

import static dev.korm.Filter.eq;
import static dev.korm.Filter.gte;
import static dev.korm.Filter.isNull;
import static dev.korm.Filter.lt;
import static dev.korm.Filter.not;
import static dev.korm.Order.asc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Aggregate;
import dev.korm.Explanation;
import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.Page;
import dev.korm.Pool;
import dev.korm.Query;
import dev.korm.Rn;
import dev.korm.StoreBusyException;
import dev.korm.StoreException;
import dev.korm.Unique;
import dev.korm.jdbc.Sqlite;
import dev.korm.testkit.fault.FaultyLayer;
import dev.korm.testkit.fault.FaultyLayer.Call;
import dev.korm.testkit.memory.MemoryLayer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How often the layers are asked when a question leads from one into another, and how much is read. */
@NullUnmarked // Tests dereference what they expect to be there.
class AcrossLayersPlanTest {
    record Country(String title) {}

    record Town(String name, int size, Rn<Country> country) {}

    record Visit(int number, Rn<Town> town) {}

    private final FaultyLayer visits = FaultyLayer.around(Sqlite.memory());
    private final FaultyLayer towns = FaultyLayer.around(MemoryLayer.create());
    private final FaultyLayer countries = FaultyLayer.around(Sqlite.memory());
    private final Pool pool = Korm.pool()
            .layer("visits", visits)
            .layer("towns", towns)
            .layer("countries", countries)
            .open();

    @AfterEach
    void close() {
        pool.close();
    }

    private void fill(int visitCount, int townCount, int countryCount) {
        List<FloatingItem<Country>> countryItems = new ArrayList<>();
        for (int i = 0; i < countryCount; i++) {
            countryItems.add(Korm.item(Country.class, pool)
                    .fromData("countries", "places", "country", new Country("Country " + i)));
        }
        List<Item<Country>> madeCountries = Korm.createAll(countryItems);
        List<FloatingItem<Town>> townItems = new ArrayList<>();
        for (int i = 0; i < townCount; i++) {
            townItems.add(Korm.item(Town.class, pool)
                    .fromData(
                            "towns",
                            "places",
                            "town",
                            new Town(
                                    "Town " + i,
                                    i,
                                    madeCountries.get(i % countryCount).rn())));
        }
        List<Item<Town>> madeTowns = Korm.createAll(townItems);
        List<FloatingItem<Visit>> visitItems = new ArrayList<>();
        for (int i = 0; i < visitCount; i++) {
            visitItems.add(Korm.item(Visit.class, pool)
                    .fromData(
                            "visits",
                            "trips",
                            "visit",
                            new Visit(i, madeTowns.get(i % townCount).rn())));
        }
        Korm.createAll(visitItems);
        visits().limit(1).resolvePaths("town.country").get();
        reset();
    }

    private void reset() {
        visits.reset();
        towns.reset();
        countries.reset();
    }

    private Query<Visit> visits() {
        return Korm.item(Visit.class, pool).fromQuery("visits", "trips", "visit");
    }

    @Test
    void ten_thousand_items_are_resolved_in_one_round_trip_for_each_layer_and_depth() {
        fill(10_000, 10_000, 50);
        List<Item<Visit>> all = visits().resolvePaths("town.country").get();
        assertThat(all)
                .hasSize(10_000)
                .allMatch(visit -> visit.data().town().get().country().isResolved());
        assertThat(visits.roundTrips()).isEqualTo(1);
        assertThat(towns.roundTrips()).isEqualTo(1);
        assertThat(countries.roundTrips()).isEqualTo(1);
    }

    @Test
    void a_filter_asks_each_layer_once_and_the_catalogues_where_the_items_may_be() {
        fill(100, 20, 5);
        Query<Visit> query = visits().where(eq("town.country.title", "Country 3"));
        assertThat(query.count()).isEqualTo(20);
        assertThat(visits.calls(Call.SELECT)).isEqualTo(1);
        assertThat(towns.calls(Call.SELECT)).isEqualTo(1);
        assertThat(countries.calls(Call.SELECT)).isEqualTo(1);
        assertThat(visits.calls(Call.DESCRIBE) + towns.calls(Call.DESCRIBE) + countries.calls(Call.DESCRIBE))
                .isZero();
    }

    @Test
    void a_page_with_its_total_asks_each_layer_once_for_each_of_the_two() {
        fill(100, 20, 5);
        Query<Visit> query =
                visits().where(eq("town.country.title", "Country 3")).orderBy(asc("town.name"), asc("number"));
        Page<Visit> first = query.resolvePaths("town").pageWithTotal(15);
        assertThat(first.total()).hasValue(20);
        assertThat(first.items())
                .hasSize(15)
                .allMatch(visit -> visit.data().town().isResolved());
        assertThat(query.pageWithTotal(15, first.next().orElseThrow()).items()).hasSize(5);
        reset();
        query.pageWithTotal(30);
        assertThat(visits.calls(Call.SELECT)).isEqualTo(1);
        reset();
        query.pageWithTotal(15);
        assertThat(visits.calls(Call.SELECT)).isEqualTo(2);
    }

    @Test
    void conditions_on_one_other_item_are_asked_together() {
        fill(100, 20, 5);
        Query<Visit> query =
                visits().where(gte("town.size", 5).and(lt("town.size", 7).and(not(eq("town.name", "Town 6")))));
        assertThat(query.get()).hasSize(5);
        assertThat(towns.calls(Call.SELECT)).isEqualTo(1);
        assertThat(visits.calls(Call.SELECT)).isEqualTo(1);
    }

    record Shop(Unique<String> code, int size) {}

    record Sale(int number, Rn<Shop> shop) {}

    @Test
    void a_unique_value_of_another_layer_is_one_question_there_and_one_here() {
        List<FloatingItem<Shop>> shops = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            shops.add(Korm.item(Shop.class, pool)
                    .fromData("towns", "trade", "shop", new Shop(Unique.of("Shop " + i), i)));
        }
        List<Item<Shop>> made = Korm.createAll(shops);
        Korm.createAll(List.of(
                Korm.item(Sale.class, pool)
                        .fromData(
                                "visits",
                                "trade",
                                "sale",
                                new Sale(1, made.get(7).rn())),
                Korm.item(Sale.class, pool)
                        .fromData(
                                "visits",
                                "trade",
                                "sale",
                                new Sale(2, made.get(8).rn()))));
        Query<Sale> sales = Korm.item(Sale.class, pool).fromQuery("visits", "trade", "sale");
        sales.where(eq("shop.code", "Shop 7")).get();
        reset();
        assertThat(sales.where(eq("shop.code", "Shop 7")).get()).hasSize(1);
        assertThat(towns.calls(Call.SELECT)).isEqualTo(1);
        assertThat(towns.calls(Call.NEXT)).as("rows of the other layer").isLessThan(5);
        assertThat(visits.calls(Call.SELECT)).isEqualTo(1);
        reset();
        assertThat(sales.where(eq("shop.code", "Shop 7").and(isNull("shop.size")))
                        .get())
                .isEmpty();
        assertThat(towns.calls(Call.SELECT)).isEqualTo(1);
        assertThat(sales.where(isNull("shop.code").and(isNull("shop.size"))).get())
                .isEmpty();
    }

    @Test
    void a_small_own_side_is_read_first_where_the_other_finds_much() {
        fill(3_000, 3_000, 5);
        reset();
        Query<Visit> query = visits().where(lt("number", 10).and(gte("town.size", 0)));
        assertThat(query.get()).hasSize(10);
        assertThat(towns.calls(Call.NEXT)).as("rows of the large side").isLessThan(1_100);
        assertThat(towns.calls(Call.SELECT)).isEqualTo(2);
        assertThat(visits.calls(Call.SELECT)).isEqualTo(2);
    }

    @Test
    void a_page_of_what_nearly_everything_fulfils_reads_no_more_than_the_page_needs() {
        fill(6_000, 21_000, 5);
        reset();
        List<Item<Visit>> first = visits().where(gte("town.size", 3))
                .orderBy(asc("number"))
                .limit(5)
                .get();
        assertThat(first).extracting(visit -> visit.data().number()).containsExactly(3, 4, 5, 6, 7);
        assertThat(visits.calls(Call.NEXT))
                .as("rows looked at to see which side is small, and then of the page")
                .isLessThan(1_001 + 100);
    }

    @Test
    void an_explanation_shows_each_layer_that_is_asked_and_how_often() {
        fill(100, 20, 5);
        Explanation explanation = visits().where(eq("town.country.title", "Country 3"))
                .resolvePaths("town")
                .explain();
        assertThat(explanation.steps())
                .extracting(Explanation.Step::layer)
                .containsExactly("countries", "towns", "visits", "");
        assertThat(explanation.steps().subList(0, 3))
                .extracting(Explanation.Step::roundTrips)
                .containsOnly("1");
        assertThat(explanation.toString())
                .contains("ids of matching __items__places__country", "Crosses stores: ", "1 for each depth")
                .doesNotContain("Country 3");
        assertThat(visits().orderBy(asc("town.name")).explain().toString())
                .contains("[visits], round trips: 1, and 1 for each depth");
        assertThat(visits.calls(Call.SELECT) + towns.calls(Call.SELECT) + countries.calls(Call.SELECT))
                .as("nothing is read to explain")
                .isZero();
    }

    private int open() {
        return visits.leaks() + towns.leaks() + countries.leaks();
    }

    @Test
    void a_question_that_ends_early_leaves_nothing_open() {
        fill(100, 20, 5);
        int open = open();
        List<Query<Visit>> queries = List.of(
                visits(),
                visits().orderBy(asc("number")),
                visits().orderBy(asc("town.name")),
                visits().where(gte("town.size", 3)).orderBy(asc("town.country.title")));
        for (Query<Visit> all : queries) {
            for (Query<Visit> query : List.of(
                    all, all.limit(0), all.limit(2), all.resolvePaths("town").limit(2))) {
                query.stream().close();
                assertThat(open()).as("after %s was closed at once", query).isEqualTo(open);
                try (Stream<Item<Visit>> items = query.stream()) {
                    assertThat(items.limit(1)).hasSizeLessThan(2);
                }
                assertThat(open()).as("after the first of %s", query).isEqualTo(open);
                query.get();
                query.first();
                query.exists();
                query.count();
                assertThat(open()).as("after %s", query).isEqualTo(open);
            }
            all.page(3);
            all.pageWithTotal(3);
            all.includeDeleted().pageWithTotal(3);
            all.max("town.name");
            for (int limit : new int[] {0, 2}) {
                all.groupBy("town.name").limit(limit).select(Aggregate.count());
                all.groupBy("town.name").orderBy(asc("town.name")).limit(limit).select(Aggregate.count());
            }
            assertThat(open()).as("after figures of %s", all).isEqualTo(open);
        }
    }

    @Test
    void whatever_is_thrown_on_the_way_leaves_nothing_open() {
        fill(100, 20, 5);
        int open = open();
        for (FaultyLayer layer : List.of(visits, towns, countries)) {
            for (Call call : List.of(Call.SELECT, Call.NEXT, Call.DESCRIBE)) {
                for (int nth = 1; nth <= 3; nth++) {
                    layer.failWith(call, nth, new StackOverflowError("because the test says so"));
                    try {
                        visits().where(gte("town.size", 3)).orderBy(asc("number")).resolvePaths("town.country").stream()
                                .forEach(visit -> assertThat(visit.data().town().isResolved())
                                        .isTrue());
                    } catch (StackOverflowError expected) {
                        assertThat(expected).hasMessage("because the test says so");
                    }
                    layer.heal();
                    assertThat(open()).as("%s, call %d", call, nth).isEqualTo(open);
                }
            }
        }
    }

    @Test
    void a_layer_that_fails_fails_the_question_and_leaves_nothing_open() {
        fill(100, 20, 5);
        int open = open();
        towns.failNext(Call.NEXT, FaultyLayer.Moment.BEFORE, StoreException.Outcome.NOT_APPLIED);
        assertThatThrownBy(() -> visits().orderBy(asc("town.name")).get())
                .isInstanceOf(StoreBusyException.class)
                .hasMessageContaining("towns");
        assertThat(open()).isEqualTo(open);
        assertThat(visits().orderBy(asc("town.name")).get()).hasSize(100);
    }
}
