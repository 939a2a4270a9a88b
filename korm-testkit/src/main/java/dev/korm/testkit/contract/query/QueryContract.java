package dev.korm.testkit.contract.query;

import static dev.korm.Aggregate.avg;
import static dev.korm.Aggregate.count;
import static dev.korm.Aggregate.max;
import static dev.korm.Aggregate.sum;
import static dev.korm.Assignment.set;
import static dev.korm.Filter.and;
import static dev.korm.Filter.any;
import static dev.korm.Filter.between;
import static dev.korm.Filter.contains;
import static dev.korm.Filter.containsIgnoreCase;
import static dev.korm.Filter.endsWith;
import static dev.korm.Filter.eq;
import static dev.korm.Filter.eqIgnoreCase;
import static dev.korm.Filter.escapeLike;
import static dev.korm.Filter.everything;
import static dev.korm.Filter.exists;
import static dev.korm.Filter.gt;
import static dev.korm.Filter.gte;
import static dev.korm.Filter.hasElement;
import static dev.korm.Filter.inList;
import static dev.korm.Filter.isNull;
import static dev.korm.Filter.like;
import static dev.korm.Filter.likeIgnoreCase;
import static dev.korm.Filter.lt;
import static dev.korm.Filter.lte;
import static dev.korm.Filter.ne;
import static dev.korm.Filter.not;
import static dev.korm.Filter.or;
import static dev.korm.Filter.startsWith;
import static dev.korm.Filter.startsWithIgnoreCase;
import static dev.korm.Order.asc;
import static dev.korm.Order.desc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.CursorException;
import dev.korm.Document;
import dev.korm.Filter;
import dev.korm.Group;
import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.Page;
import dev.korm.PathException;
import dev.korm.Query;
import dev.korm.QueryException;
import dev.korm.Rn;
import dev.korm.Unique;
import dev.korm.testkit.contract.PoolContract;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The results of queries, their order, and their aggregates. Every layer passes it. */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class QueryContract extends PoolContract {
    private void store(Car... cars) {
        Korm.createAll(Arrays.stream(cars).map(car -> cars().fromData(car)).toList());
    }

    private List<String> models(Filter filter) {
        return cars().query().where(filter).orderBy(asc(Car::model)).get().stream()
                .map(item -> String.valueOf(item.data().model()))
                .toList();
    }

    @BeforeEach
    void fill() {
        store(
                Car.of("Citroen", 2014)
                        .withModel("C4")
                        .withPrice(9000.5)
                        .withTags("blue", "family")
                        .withEngine(new Engine("diesel", 90, null))
                        .withMarks(Map.of("k8s.io/name", 3)),
                Car.of("Citroen", 1955).withModel("DS").withPrice(50_000.0).withTags("classic"),
                Car.of("Škoda", 2020).withModel("Octavia").withEngine(new Engine("petrol", 150, null)),
                Car.of("100%_Car\\", 2010).withModel("Odd*[x]?").withPrice(1.0).withTags());
    }

    @Test
    void comparisons_find_what_they_say() {
        assertThat(models(eq("make", "Citroen"))).containsExactly("C4", "DS");
        assertThat(models(eq(Car::year, 2014))).containsExactly("C4");
        assertThat(models(ne(Car::year, 2014))).containsExactly("DS", "Octavia", "Odd*[x]?");
        assertThat(models(gt(Car::year, 2010))).containsExactly("C4", "Octavia");
        assertThat(models(gte(Car::year, 2010))).containsExactly("C4", "Octavia", "Odd*[x]?");
        assertThat(models(lt(Car::year, 2010))).containsExactly("DS");
        assertThat(models(lte(Car::year, 2010))).containsExactly("DS", "Odd*[x]?");
        assertThat(models(between(Car::year, 2010, 2014))).containsExactly("C4", "Odd*[x]?");
        assertThat(models(gt(Car::year, 2013.5))).containsExactly("C4", "Octavia");
        assertThat(models(inList("year", 1955, 2020, 7))).containsExactly("DS", "Octavia");
        assertThat(models(inList("year", List.of()))).isEmpty();
    }

    @Test
    void null_is_neither_true_nor_false() {
        assertThat(models(eq(Car::price, null))).containsExactly("Octavia");
        assertThat(models(isNull("price"))).containsExactly("Octavia");
        assertThat(models(ne(Car::price, null))).containsExactly("C4", "DS", "Odd*[x]?");
        assertThat(models(exists(Car::price))).containsExactly("C4", "DS", "Odd*[x]?");
        assertThat(models(not(eq(Car::price, 1.0)))).containsExactly("C4", "DS");
        assertThat(models(not(inList(Car::price, 1.0)))).containsExactly("C4", "DS");
        assertThat(models(inList("price", Arrays.asList(1.0, null)))).containsExactly("Octavia", "Odd*[x]?");
        assertThat(models(not(inList("price", Arrays.asList(1.0, null))))).containsExactly("C4", "DS");
        assertThat(models(gt(Car::price, null))).isEmpty();
        assertThat(models(not(gt(Car::price, null)))).isEmpty();
        assertThat(models(not(between("price", 0, 10)))).containsExactly("C4", "DS");
        assertThat(models(or(isNull("price"), not(gt("price", 5))))).containsExactly("Octavia", "Odd*[x]?");
    }

    @Test
    void equal_to_null_is_null_wherever_a_path_leads() {
        for (String path : List.of(
                "make",
                "model",
                "year",
                "owner",
                "price",
                "registered",
                "tags",
                "tags[0]",
                "tags[*]",
                "drivers",
                "drivers[*]",
                "engine",
                "engine.fuel",
                "engine.power",
                "engine.mechanic",
                "engine.mechanic.username",
                "marks",
                "note",
                "rnId",
                "marks[\"k8s.io/name\"]",
                "owner.username",
                "owner.lastName",
                "drivers[*].username",
                "owner.rnId")) {
            List<String> nulls = models(isNull(path));
            assertThat(models(eq(path, null))).as(path).isEqualTo(nulls);
            assertThat(models(inList(path, Arrays.asList((Object) null))))
                    .as(path)
                    .isEqualTo(nulls);
            List<String> others = models(exists(path));
            assertThat(models(ne(path, null))).as(path).isEqualTo(others);
            assertThat(models(not(eq(path, null)))).as(path).isEqualTo(models(not(isNull(path))));
        }
        assertThat(models(eq("engine.fuel", null))).containsExactly("DS", "Odd*[x]?");
        Query<Document> documents = Korm.item(Document.class, opened).fromQuery("cars", "suv");
        for (String path : List.of("model", "price", "nothing", "engine.fuel", "engine.nothing")) {
            assertThat(documents.where(eq(path, null)).count())
                    .as(path)
                    .isEqualTo(documents.where(isNull(path)).count());
        }
        assertThat(documents.where(eq("nothing", null)).count()).isEqualTo(4);
    }

    @Test
    void filters_are_joined() {
        assertThat(models(eq("make", "Citroen").and(gt(Car::year, 2000)))).containsExactly("C4");
        assertThat(models(eq("year", 2014).or(eq("year", 2020)))).containsExactly("C4", "Octavia");
        assertThat(models(and())).hasSize(4);
        assertThat(models(everything())).hasSize(4);
        assertThat(models(or())).isEmpty();
        assertThat(models(not(or()))).hasSize(4);
        assertThat(models(not(and(eq("make", "Citroen"), eq("year", 2014)))))
                .containsExactly("DS", "Octavia", "Odd*[x]?");
        assertThat(models(eq("make", "Citroen").negate())).containsExactly("Octavia", "Odd*[x]?");
    }

    @Test
    void texts_match_with_regard_to_case_unless_told_otherwise() {
        assertThat(models(like("make", "Cit%"))).containsExactly("C4", "DS");
        assertThat(models(like("make", "cit%"))).isEmpty();
        assertThat(models(likeIgnoreCase("make", "cIT%n"))).containsExactly("C4", "DS");
        assertThat(models(like("model", "_4"))).containsExactly("C4");
        assertThat(models(like("make", "100\\%\\_Car\\\\"))).containsExactly("Odd*[x]?");
        assertThat(models(like("make", escapeLike("100%_Car\\")))).containsExactly("Odd*[x]?");
        assertThat(models(like("make", "100_\\_Car%"))).containsExactly("Odd*[x]?");
        assertThat(models(startsWith("model", "Odd*[x]"))).containsExactly("Odd*[x]?");
        assertThat(models(startsWith("model", "O*"))).isEmpty();
        assertThat(models(startsWithIgnoreCase("make", "šKO"))).containsExactly("Octavia");
        assertThat(models(eqIgnoreCase("make", "ŠKODA"))).containsExactly("Octavia");
        assertThat(models(endsWith("make", "oda"))).containsExactly("Octavia");
        assertThat(models(contains("model", "*["))).containsExactly("Odd*[x]?");
        assertThat(models(containsIgnoreCase("make", "TRO"))).containsExactly("C4", "DS");
        assertThat(models(contains("make", null))).isEmpty();
    }

    @Test
    void paths_lead_into_nested_data() {
        assertThat(models(eq("engine.fuel", "diesel"))).containsExactly("C4");
        assertThat(models(gt("engine.power", 100))).containsExactly("Octavia");
        assertThat(models(isNull("engine.power"))).containsExactly("DS", "Odd*[x]?");
        assertThat(models(exists("engine"))).containsExactly("C4", "Octavia");
        assertThat(models(eq("tags[0]", "blue"))).containsExactly("C4");
        assertThat(models(eq("tags[1]", "family"))).containsExactly("C4");
        assertThat(models(eq("tags[7]", "family"))).isEmpty();
        assertThat(models(eq("tags[*]", "classic"))).containsExactly("DS");
        assertThat(models(hasElement("tags", "family"))).containsExactly("C4");
        assertThat(models(not(hasElement("tags", "family")))).containsExactly("DS", "Octavia", "Odd*[x]?");
        assertThat(models(startsWith("tags[*]", "cla"))).containsExactly("DS");
        assertThat(models(exists("tags[*]"))).containsExactly("C4", "DS");
        assertThat(models(eq("marks[\"k8s.io/name\"]", 3))).containsExactly("C4");
        assertThat(models(eq("marks.*", 3))).containsExactly("C4");
        assertThat(models(eq("engine", new Engine("diesel", 90, null)))).containsExactly("C4");
        assertThat(models(eq("tags", List.of("blue", "family")))).containsExactly("C4");
        assertThat(models(ne("tags", List.of("blue", "family")))).containsExactly("DS", "Octavia", "Odd*[x]?");
    }

    @Test
    void nested_texts_are_found_whatever_characters_they_have() {
        String sign = "\uD83D\uDE00";
        for (String text : List.of(sign, "a" + sign + "é", "é", "\uD800\uDC00", "a'\"b\\c\td")) {
            // With an index, and without one.
            store(Car.of("Text", 1900)
                    .withModel("T")
                    .withEngine(new Engine(text, 1, null))
                    .withTags(text));
            assertThat(models(eq("engine.fuel", text))).as(text).containsExactly("T");
            assertThat(models(inList("engine.fuel", text, "none"))).as(text).containsExactly("T");
            assertThat(models(eq("tags[0]", text))).as(text).containsExactly("T");
            assertThat(models(inList("tags[0]", "none", text))).as(text).containsExactly("T");
            assertThat(models(eq("engine.fuel", text + sign))).as(text).isEmpty();
            cars().query().where(eq("model", "T")).deleteAll();
        }
    }

    @Test
    void one_entry_has_to_satisfy_a_whole_filter() {
        users().fromData(
                        User.of("A", "a").withAddresses(new Address("Rome", "1", 1990), new Address("Bonn", "2", 2000)))
                .create();
        Query<User> query = users().query();
        assertThat(query.where(any("addresses", eq("city", "Rome").and(eq("zip", "1"))))
                        .count())
                .isEqualTo(1);
        assertThat(query.where(any("addresses", eq("city", "Rome").and(eq("zip", "2"))))
                        .count())
                .isZero();
        assertThat(query.where(eq("addresses[*].city", "Rome").and(eq("addresses[*].zip", "2")))
                        .count())
                .isEqualTo(1);
        assertThat(query.where(not(any("addresses", gt("since", 2010)))).count())
                .isEqualTo(1);
    }

    @Test
    void the_id_is_compared_like_a_field() {
        Item<Car> car = cars().query().where(eq("model", "C4")).first().orElseThrow();
        String id = car.rn().id().orElseThrow();
        assertThat(models(eq("rnId", id))).containsExactly("C4");
        assertThat(models(eq("rnId", car.rn()))).containsExactly("C4");
        assertThat(models(inList("rnId", List.of(id)))).containsExactly("C4");
        assertThat(models(eq("rnId", id).and(hasElement("tags", "blue")))).containsExactly("C4");
    }

    @Test
    void unique_fields_compare_by_their_value() {
        users().fromData(User.of("Fred", "freddie")).create();
        users().fromData(User.of("Abe", "abe")).create();
        assertThat(users().query().where(eq(User::username, "freddie")).count()).isEqualTo(1);
        assertThat(users().query().where(eq("username", Unique.of("freddie"))).count())
                .isEqualTo(1);
        assertThat(users().query().where(startsWith("username", "fre")).count()).isEqualTo(1);
        assertThat(users().query().orderBy(asc("username")).get())
                .extracting(item -> item.data().firstName())
                .containsExactly("Abe", "Fred");
    }

    @Test
    void mistakes_show_when_the_query_is_built() {
        Query<Car> query = cars().query();
        assertThatThrownBy(() -> query.where(eq("yaer", 2010)))
                .isInstanceOf(PathException.class)
                .hasMessageContaining("\"year\"");
        assertThatThrownBy(() -> query.where(eq("engine.feul", "x"))).hasMessageContaining("\"fuel\"");
        assertThatThrownBy(() -> query.where(eq("year", "twenty"))).isInstanceOf(QueryException.class);
        assertThatThrownBy(() -> query.where(like("year", "2%"))).isInstanceOf(QueryException.class);
        assertThatThrownBy(() -> query.where(gt("tags", List.of()))).isInstanceOf(QueryException.class);
        assertThatThrownBy(() -> query.where(eq("year[0]", 1))).isInstanceOf(PathException.class);
        assertThatThrownBy(() -> query.where(eq("year.x", 1))).isInstanceOf(PathException.class);
        assertThatThrownBy(() -> query.where(eq(User::firstName, "x"))).isInstanceOf(PathException.class);
        assertThatThrownBy(() -> query.orderBy(asc("tags[*]"))).isInstanceOf(QueryException.class);
        assertThatThrownBy(() -> query.orderBy(asc("tags"))).isInstanceOf(QueryException.class);
        assertThatThrownBy(() -> query.orderBy(asc(count()))).isInstanceOf(QueryException.class);
        assertThatThrownBy(() -> query.limit(-1)).isInstanceOf(QueryException.class);
        assertThatThrownBy(() -> query.sum("make")).isInstanceOf(QueryException.class);
        assertThatThrownBy(() -> query.resolvePaths("make")).isInstanceOf(PathException.class);
        assertThatThrownBy(query::deleteAll).isInstanceOf(QueryException.class);
        assertThatThrownBy(() -> query.where(like("make", "x\\"))).isInstanceOf(QueryException.class);
    }

    @Test
    void a_collection_without_a_table_has_no_items() {
        Query<Document> nothing = documents().fromQuery("no", "such");
        assertThat(nothing.get()).isEmpty();
        assertThat(nothing.first()).isEmpty();
        assertThat(nothing.count()).isZero();
        assertThat(nothing.exists()).isFalse();
        assertThat(nothing.page(5).items()).isEmpty();
        assertThat(nothing.where(eq("x", 1)).deleteAll()).isZero();
        assertThat(nothing.where(eq("x", 1)).get()).isEmpty();
        try (Stream<Item<Document>> stream = nothing.stream()) {
            assertThat(stream).isEmpty();
        }
        assertThat(nothing.explain().steps()).hasSize(1);
    }

    @Test
    void order_places_nulls_where_it_is_told() {
        Query<Car> query = cars().query();
        assertThat(query.orderBy(asc(Car::price)).get())
                .extracting(item -> item.data().model())
                .containsExactly("Odd*[x]?", "C4", "DS", "Octavia");
        assertThat(query.orderBy(desc(Car::price)).get())
                .extracting(item -> item.data().model())
                .containsExactly("Octavia", "DS", "C4", "Odd*[x]?");
        assertThat(query.orderBy(asc(Car::price).nullsFirst()).get())
                .extracting(item -> item.data().model())
                .containsExactly("Octavia", "Odd*[x]?", "C4", "DS");
        assertThat(query.orderBy(desc(Car::price).nullsLast()).get())
                .extracting(item -> item.data().model())
                .containsExactly("DS", "C4", "Odd*[x]?", "Octavia");
        assertThat(query.orderBy(asc(Car::make), desc(Car::year)).get())
                .extracting(item -> item.data().model())
                .containsExactly("Odd*[x]?", "C4", "DS", "Octavia");
        assertThat(query.orderBy(asc("engine.power")).limit(2).get())
                .extracting(item -> item.data().model())
                .containsExactly("C4", "Octavia");
        assertThat(query.orderBy(desc(Car::year)).first().orElseThrow().data().year())
                .isEqualTo(2020);
        assertThat(query.limit(0).get()).isEmpty();
        assertThat(query.limit(0).first()).isEmpty();
    }

    @Test
    void texts_are_ordered_by_code_point() {
        store(
                Car.of("x", 1).withModel("\uffee"),
                Car.of("x", 1).withModel("😀"),
                Car.of("x", 1).withModel("a"),
                Car.of("x", 1).withModel("B"));
        assertThat(models(eq("make", "x"))).containsExactly("B", "a", "\uffee", "😀");
    }

    @Test
    void pages_go_through_everything_once_while_items_come_and_go() {
        store(IntStream.range(0, 57)
                .mapToObj(i ->
                        Car.of("Page", 1900 + i % 7).withModel("M" + i).withPrice(i % 5 == 0 ? null : (double) (i % 3)))
                .toArray(Car[]::new));
        for (Query<Car> query : List.of(
                cars().query().where(eq("make", "Page")),
                cars().query().where(eq("make", "Page")).orderBy(asc(Car::year), desc(Car::price)),
                cars().query()
                        .where(eq("make", "Page"))
                        .orderBy(desc(Car::price).nullsLast(), asc(Car::year)),
                cars().query().where(eq("make", "Page")).orderBy(asc(Car::price).nullsFirst()),
                cars().query().where(eq("make", "Page")).orderBy(desc(Car::model)))) {
            List<Item<Car>> whole = query.orderBy().get();
            List<Item<Car>> paged = new ArrayList<>();
            Optional<String> cursor = Optional.empty();
            do {
                Page<Car> page = query.page(10, cursor.orElse(null));
                assertThat(page.items()).hasSizeLessThanOrEqualTo(10);
                paged.addAll(page.items());
                cursor = page.next();
            } while (cursor.isPresent());
            assertThat(paged).hasSize(57).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(whole);
        }
        Query<Car> byModel = cars().query().where(eq("make", "Page")).orderBy(asc(Car::model));
        Page<Car> first = byModel.page(20);
        first.items().get(3).delete();
        store(Car.of("Page", 1).withModel("M0000"));
        Page<Car> second = byModel.page(100, first.next().orElseThrow());
        assertThat(second.items()).hasSize(37).doesNotContainAnyElementsOf(first.items());
    }

    @Test
    void a_cursor_belongs_to_its_query() {
        Query<Car> query = cars().query().orderBy(asc(Car::year));
        String cursor = query.page(2).next().orElseThrow();
        assertThat(query.page(2, cursor).items()).hasSize(2);
        assertThatThrownBy(() -> cars().query().orderBy(desc(Car::year)).page(2, cursor))
                .isInstanceOf(CursorException.class);
        assertThatThrownBy(() -> query.page(2, cursor.substring(1))).isInstanceOf(CursorException.class);
        assertThatThrownBy(() -> query.page(2, "x")).isInstanceOf(CursorException.class);
        assertThatThrownBy(() -> query.page(2, "")).isInstanceOf(CursorException.class);
        char swapped = cursor.charAt(cursor.length() / 2) == 'A' ? 'B' : 'A';
        String altered = cursor.substring(0, cursor.length() / 2) + swapped + cursor.substring(cursor.length() / 2 + 1);
        assertThatThrownBy(() -> query.page(2, altered)).isInstanceOf(CursorException.class);
        assertThatThrownBy(() -> query.page(0)).isInstanceOf(QueryException.class);
    }

    @Test
    void aggregates_are_made_by_the_store() {
        Query<Car> query = cars().query();
        assertThat(query.count()).isEqualTo(4);
        assertThat(query.limit(3).count()).isEqualTo(3);
        assertThat(query.exists()).isTrue();
        assertThat(query.where(eq("year", 1)).exists()).isFalse();
        assertThat(query.sum(Car::year)).isEqualTo(2014L + 1955 + 2020 + 2010);
        assertThat(query.sum(Car::price)).isEqualTo(59_001.5);
        assertThat(query.where(eq("year", 1)).sum(Car::year)).isEqualTo(0L);
        assertThat(query.avg(Car::year)).contains((2014 + 1955 + 2020 + 2010) / 4.0);
        assertThat(query.where(eq("year", 1)).avg("year")).isEmpty();
        assertThat(query.min(Car::year)).contains(1955);
        assertThat(query.max(Car::make)).contains("Škoda");
        assertThat(query.max("engine.power")).contains(150);
        assertThat(query.where(eq("year", 1)).max(Car::year)).isEmpty();
    }

    @Test
    void groups_have_keys_and_aggregates() {
        List<Group> groups = cars().query()
                .groupBy("make")
                .orderBy(desc(count()), asc("make"))
                .select(count(), sum("year"), avg("price"), max("price"));
        assertThat(groups).extracting(group -> group.text("make")).containsExactly("Citroen", "100%_Car\\", "Škoda");
        Group citroen = groups.get(0);
        assertThat(citroen.count()).isEqualTo(2);
        assertThat(citroen.number(sum("year"))).isEqualTo(3969L);
        assertThat(citroen.get(max("price"))).contains(50_000.0);
        assertThat(groups.get(2).get(avg("price"))).isEmpty();
        assertThat(cars().query().groupBy("engine.fuel", "year").select(count()))
                .hasSize(4);
        assertThat(cars().query()
                        .groupBy("make")
                        .orderBy(desc(sum("year")))
                        .limit(1)
                        .select(count()))
                .hasSize(1);
        assertThat(cars().query().groupBy(new String[0]).select(count()).get(0).count())
                .isEqualTo(4);
        assertThatThrownBy(() -> cars().query().groupBy("make").orderBy(asc("year")))
                .isInstanceOf(QueryException.class);
        assertThatThrownBy(() -> citroen.key("year")).isInstanceOf(QueryException.class);
    }

    @Test
    void a_stream_reads_as_it_goes_and_lets_go_when_closed() {
        store(IntStream.range(0, 2000).mapToObj(i -> Car.of("Stream", i)).toArray(Car[]::new));
        try (Stream<Item<Car>> stream = cars().query().where(eq("make", "Stream")).orderBy(asc(Car::year)).stream()) {
            assertThat(stream.map(item -> item.data().year())).hasSize(2000).isSorted();
        }
        for (int i = 0; i < 40; i++) {
            try (Stream<Item<Car>> stream = cars().query().stream()) {
                assertThat(stream.limit(3)).hasSize(3);
            }
        }
        try (Stream<Item<Car>> stream = cars().query().where(eq("make", "Stream")).stream()) {
            stream.limit(150).forEach(item -> item.set(Car::make, "Streamed").commit());
        }
        assertThat(cars().query().where(eq("make", "Streamed")).count()).isEqualTo(150);
    }

    @Test
    void all_that_a_filter_finds_is_changed_or_deleted() {
        long before =
                cars().query().where(eq("model", "C4")).first().orElseThrow().revision();
        assertThat(cars().query().where(eq("make", "Citroen")).updateAll(set(Car::registered, true), set("price", 5)))
                .isEqualTo(2);
        assertThat(models(eq("registered", true))).containsExactly("C4", "DS");
        Item<Car> c4 = cars().query().where(eq("model", "C4")).first().orElseThrow();
        assertThat(c4.revision()).isEqualTo(before + 1);
        assertThat(c4.data().price()).isEqualTo(5.0);
        assertThat(cars().query().where(eq("engine.fuel", "diesel")).updateAll(set("tags", List.of("x"))))
                .isEqualTo(1);
        assertThat(c4.reload().data().tags()).containsExactly("x");
        assertThatThrownBy(() -> cars().query().where(everything()).updateAll(set("nope", 1)))
                .isInstanceOf(PathException.class);
        assertThat(cars().query().where(eq("make", "Citroen")).deleteAll()).isEqualTo(2);
        assertThat(cars().query().count()).isEqualTo(2);
        assertThat(cars().query()
                        .where(everything())
                        .orderBy(asc(Car::year))
                        .limit(1)
                        .deleteAll())
                .isEqualTo(1);
        assertThat(models(everything())).containsExactly("Octavia");
        assertThat(cars().query().where(everything()).deleteAll()).isEqualTo(1);
    }

    @Test
    void an_explanation_shows_the_way_and_no_constants() {
        String text = cars().query()
                .where(eq("make", "TopSecretValue").and(gt(Car::year, 2010)))
                .resolvePaths("owner")
                .explain()
                .toString();
        assertThat(text).contains("main").contains("owner").doesNotContain("TopSecretValue");
    }

    @Test
    void documents_compare_by_the_kind_of_their_values() {
        documents()
                .fromData("notes", "plain", Document.of(Map.of("n", 5, "meta", Map.of("x", 5, "t", "5", "b", true))))
                .create();
        documents()
                .fromData(
                        "notes",
                        "plain",
                        Document.of(Map.of("n", 7, "meta", Map.of("x", "five", "list", List.of(1, "a")))))
                .create();
        Query<Document> notes = documents().fromQuery("notes", "plain");
        assertThat(notes.where(eq("n", 5)).count()).isEqualTo(1);
        assertThat(notes.where(gt("meta.x", 4)).count()).isEqualTo(1);
        assertThat(notes.where(eq("meta.x", "five")).count()).isEqualTo(1);
        assertThat(notes.where(eq("meta.t", 5)).count()).isZero();
        assertThat(notes.where(eq("meta.b", 1)).count()).isZero();
        assertThat(notes.where(eq("meta.b", true)).count()).isEqualTo(1);
        assertThat(notes.where(eq("meta.list[*]", "a")).count()).isEqualTo(1);
        assertThat(notes.where(eq("meta.*", 5)).count()).isEqualTo(1);
        assertThat(notes.where(eq("meta", Map.of("t", "5", "b", true, "x", 5))).count())
                .isEqualTo(1);
        assertThat(notes.where(eq("absent", 5)).count()).isZero();
        assertThat(notes.where(isNull("absent")).count()).isEqualTo(2);
        assertThat(notes.where(not(eq("absent", 5))).count()).isZero();
        assertThat(notes.orderBy(desc("n")).first().orElseThrow().data().get("n"))
                .contains(7L);
    }

    @Test
    void a_query_is_a_value_that_each_call_varies() {
        Query<Car> all = cars().query();
        Query<Car> citroens = all.where(eq("make", "Citroen"));
        Query<Car> octavias = all.where(eq("model", "Octavia"));
        assertThat(citroens.limit(1).get()).hasSize(1);
        assertThat(citroens.count()).isEqualTo(2);
        assertThat(octavias.get()).extracting(item -> item.data().make()).containsExactly("Škoda");
        assertThat(citroens.where(eq("model", "Octavia")).count()).isZero();
        assertThat(all.count()).isEqualTo(4);
        store(Car.of("Citroen", 2024).withModel("C5"));
        assertThat(citroens.count()).isEqualTo(3);
        assertThat(all.orderBy(asc("year"))
                        .orderBy(desc("year"))
                        .first()
                        .orElseThrow()
                        .data()
                        .year())
                .isEqualTo(2024);
    }

    @Test
    void a_query_asks_a_collection_and_not_an_item() {
        Item<Car> car = cars().query().first().orElseThrow();
        assertThatThrownBy(() -> cars().fromQuery(car.rn()))
                .isInstanceOf(QueryException.class)
                .hasMessageContaining("fromRn");
        assertThat(cars().fromQuery(car.rn().collection()).count()).isEqualTo(4);
        assertThatThrownBy(() -> cars().fromQuery(Rn.prefix("files", "cars"))).isInstanceOf(QueryException.class);
    }

    @Test
    void items_carry_the_mods_of_the_query() {
        Rn<Car> collection = Rn.<Car>collection("cars", "suv").from("main").with("tag", "x");
        Item<Car> car = cars().fromQuery(collection).first().orElseThrow();
        assertThat(car.rn().mods()).containsExactly(Map.entry("from", "main"), Map.entry("tag", "x"));
        assertThat(cars().fromRn(car.rn()).get().rn()).isEqualTo(car.rn());
        assertThat(car.set(Car::year, 1).commit().rn()).isEqualTo(car.rn());
        assertThat(cars().fromData(collection, Car.of("New", 1)).create().rn().mods())
                .containsEntry("tag", "x");
    }

    @Test
    void a_text_is_never_a_number_and_a_number_never_a_text() {
        documents()
                .fromData("notes", "plain", Document.of(Map.of("n", 4, "t", "4")))
                .create();
        Query<Document> notes = documents().fromQuery("notes", "plain");
        assertThat(notes.where(gt("n", "3")).count()).isZero();
        assertThat(notes.where(eq("n", "4")).count()).isZero();
        assertThat(notes.where(like("n", "%4%")).count()).isZero();
        assertThat(notes.where(gt("t", 3)).count()).isZero();
        assertThat(notes.where(eq("t", 4)).count()).isZero();
        assertThat(notes.where(eq("n", true)).count()).isZero();
        assertThat(notes.where(gt("n", 3.5)).count()).isEqualTo(1);
        assertThat(notes.where(eq("t", "4")).count()).isEqualTo(1);
    }

    @Test
    void values_of_several_kinds_are_ordered_by_kind_and_then_by_value() {
        for (Object value : Arrays.asList("b", 10, true, 9.5, "B", false, null)) {
            Map<String, Object> meta = new java.util.HashMap<>();
            meta.put("v", value);
            documents()
                    .fromData("notes", "plain", Document.of(Map.of("meta", meta)))
                    .create();
        }
        assertThat(documents()
                        .fromQuery("notes", "plain")
                        .orderBy(asc("meta.v"))
                        .get())
                .extracting(item -> item.data().get("meta.v").orElse(null))
                .containsExactly(false, true, 9.5, 10L, "B", "b", null);
    }

    @Test
    void a_constant_can_be_a_text_that_looks_like_a_statement() {
        store(Car.of("' OR 1=1 --", 1).withModel("hostile"));
        assertThat(models(eq("make", "' OR 1=1 --"))).containsExactly("hostile");
        assertThat(models(eq("make", "x' OR '1'='1"))).isEmpty();
        assertThat(models(contains("make", "\"; DROP TABLE \"__items__cars__suv\"; --")))
                .isEmpty();
        assertThat(models(everything())).hasSize(5);
        assertThatThrownBy(() -> cars().query().where(eq("make\" = '' OR \"make", "x")))
                .isInstanceOf(PathException.class);
        assertThatThrownBy(() -> cars().query().where(eq("[\"make\\\" OR 1=1 --\"]", "x")))
                .isInstanceOf(PathException.class);
        assertThat(documents()
                        .fromQuery("cars", "suv")
                        .where(eq("[\"make\\\" OR 1=1 --\"]", "x"))
                        .count())
                .isZero();
    }
}
