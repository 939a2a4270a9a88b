package dev.korm.testkit.contract.secret;

import static dev.korm.Assignment.set;
import static dev.korm.Filter.and;
import static dev.korm.Filter.eq;
import static dev.korm.Filter.inList;
import static dev.korm.Filter.isNull;
import static dev.korm.Filter.ne;
import static dev.korm.Filter.not;
import static dev.korm.Filter.or;
import static dev.korm.Order.asc;
import static dev.korm.Order.desc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Aggregate;
import dev.korm.Encrypted;
import dev.korm.Filter;
import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Normalized;
import dev.korm.Page;
import dev.korm.Pool;
import dev.korm.Query;
import dev.korm.QueryException;
import dev.korm.Rn;
import dev.korm.Searchable;
import dev.korm.Stored;
import dev.korm.spi.Batch;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.FingerprintKey;
import dev.korm.testkit.Seed;
import dev.korm.testkit.memory.MemoryLayer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Sealed values whose fingerprints are so short that different values share them: answers stay exact. Every layer passes it. */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class ShortFingerprintsContract extends SecretsWorld {
    private static final TableName PEOPLE = TableName.items("town", "person");
    private static final int COUNT = 600;
    private static final int CITIES = 150;

    /** At eight bits, most cities share their fingerprint with another. */
    @Stored(namespace = "town", kind = "person")
    public record Citizen(
            int number,
            String district,

            @Searchable(bits = 8) @Normalized(Normalized.Form.IGNORE_CASE) @Nullable Encrypted<String> city,

            Optional<Rn<Citizen>> friend) {
        Citizen in(@Nullable String name) {
            return new Citizen(number, district, name == null ? null : Encrypted.of(name), friend);
        }
    }

    /** The record with whole fingerprints. */
    public record Whole(
            int number,
            String district,

            @Searchable @Normalized(Normalized.Form.IGNORE_CASE) @Nullable Encrypted<String> city,

            Optional<Rn<Citizen>> friend) {}

    /** A letter to somebody, who is described elsewhere. */
    public record Letter(int number, Rn<Citizen> to) {}

    private final Map<Integer, @Nullable String> cities = new LinkedHashMap<>();

    private Items<Citizen> citizens() {
        return Korm.item(Citizen.class, pool);
    }

    private static String city(int number) {
        return "City " + number;
    }

    /** Stores items with cities by chance, some without. */
    private List<Item<Citizen>> settle(int count) {
        Random random = Seed.random(getClass());
        List<FloatingItem<Citizen>> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = random.nextInt(20) == 0 ? null : city(random.nextInt(CITIES));
            cities.put(i, name);
            Citizen citizen = new Citizen(i, "d" + i % 3, null, Optional.empty()).in(name);
            items.add(citizens().fromData(citizen));
        }
        return Korm.createAll(items);
    }

    private List<Integer> numbers(Predicate<@Nullable String> in) {
        return cities.entrySet().stream()
                .filter(each -> in.test(each.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static List<Integer> numbers(Query<Citizen> query) {
        return query.get().stream().map(item -> item.data().number()).sorted().toList();
    }

    private Query<Citizen> where(Filter filter) {
        return citizens().query().where(filter);
    }

    private static FingerprintKey key(int bits) {
        return new FingerprintKey(
                List.of(new FingerprintKey.Part(
                        "city", Set.of(Normalized.Form.IGNORE_CASE), FingerprintKey.Content.SEALED)),
                bits);
    }

    @Test
    void different_values_share_fingerprints() {
        List<Item<Citizen>> items = settle(COUNT);
        Set<String> fingerprints = new HashSet<>();
        for (Item<Citizen> item : items) {
            String fingerprint = cell(PEOPLE, item.rn(), key(8).hidden().name());
            if (item.data().city() == null) {
                assertThat(fingerprint).isNull();
            } else {
                assertThat(fingerprint).matches("k1:[0-9a-f]{2}");
                fingerprints.add(fingerprint);
            }
        }
        assertThat(fingerprints)
                .hasSizeLessThan((int) cities.values().stream().distinct().count() - 1);
    }

    @Test
    void what_is_found_is_what_is_asked_for() {
        settle(COUNT);
        for (int i = 0; i < CITIES; i += 7) {
            String name = city(i);
            assertThat(numbers(where(eq("city", name)))).isEqualTo(numbers(name::equals));
        }
        String one = city(1);
        String two = city(2);
        assertThat(numbers(where(eq("city", "cItY 1")))).isEqualTo(numbers(one::equals));
        assertThat(numbers(where(inList("city", one, two, null))))
                .isEqualTo(numbers(city -> city == null || city.equals(one) || city.equals(two)));
        assertThat(numbers(where(ne("city", one)))).isEqualTo(numbers(city -> city != null && !city.equals(one)));
        assertThat(numbers(where(not(inList("city", one, two)))))
                .isEqualTo(numbers(city -> city != null && !city.equals(one) && !city.equals(two)));
        assertThat(numbers(where(or(eq("city", one), isNull("city")))))
                .isEqualTo(numbers(city -> city == null || city.equals(one)));
        assertThat(numbers(where(or(eq("city", one), and(eq("district", "d1"), ne("city", two))))))
                .isEqualTo(cities.entrySet().stream()
                        .filter(each -> each.getValue() != null)
                        .filter(each -> each.getValue().equals(one)
                                || (each.getKey() % 3 == 1 && !each.getValue().equals(two)))
                        .map(Map.Entry::getKey)
                        .toList());
        assertThat(numbers(where(eq("city", "nowhere")))).isEmpty();
    }

    @Test
    void aggregates_pages_and_orders_are_exact() {
        settle(COUNT);
        Filter some = inList("city", city(1), city(2), city(3), city(4), city(5));
        List<Integer> expected = numbers(city -> city != null && city.matches("City [1-5]"));
        assertThat(where(some).count()).isEqualTo(expected.size());
        assertThat(where(some).sum("number").longValue())
                .isEqualTo(expected.stream().mapToLong(Integer::longValue).sum());
        assertThat(where(some).max(Citizen::number)).isEqualTo(expected.stream().max(Integer::compare));
        assertThat(where(some).exists()).isEqualTo(!expected.isEmpty());
        assertThat(where(eq("city", "nowhere")).exists()).isFalse();
        assertThat(where(some).groupBy("district").select(Aggregate.count()).stream()
                        .mapToLong(group -> group.count())
                        .sum())
                .isEqualTo(expected.size());
        assertThat(where(some).orderBy(desc("number")).limit(2).get())
                .extracting(item -> item.data().number())
                .containsExactlyElementsOf(
                        expected.stream().sorted((a, b) -> b - a).limit(2).toList());
        List<Integer> paged = new ArrayList<>();
        Query<Citizen> ordered = where(some).orderBy(asc("number"));
        Page<Citizen> page = ordered.page(3);
        page.items().forEach(item -> paged.add(item.data().number()));
        while (page.next().isPresent()) {
            page = ordered.page(3, page.next().get());
            page.items().forEach(item -> paged.add(item.data().number()));
        }
        assertThat(paged).isEqualTo(expected);
    }

    @Test
    void what_is_changed_and_deleted_is_what_was_meant() {
        settle(COUNT);
        List<Integer> ones = numbers(city(1)::equals);
        assertThat(where(eq("city", city(1))).updateAll(set("district", "moved")))
                .isEqualTo(ones.size());
        assertThat(numbers(where(eq("district", "moved")))).isEqualTo(ones);
        List<Integer> twos = numbers(city(2)::equals);
        assertThat(where(eq("city", city(2))).deleteAll()).isEqualTo(twos.size());
        assertThat(citizens().query().count()).isEqualTo(COUNT - twos.size());
        assertThat(where(eq("city", city(2))).exists()).isFalse();
    }

    @Test
    void items_are_found_through_references_near_and_far() {
        List<Item<Citizen>> items = settle(COUNT);
        try (Pool two = Korm.pool()
                .layer("main", source)
                .layer("post", MemoryLayer.create())
                .keys(keys("k1"))
                .open()) {
            Items<Letter> letters = Korm.item(Letter.class, two);
            for (String layer : List.of("main", "post")) {
                List<FloatingItem<Letter>> all = new ArrayList<>();
                for (Item<Citizen> item : items) {
                    all.add(letters.fromData(
                            layer,
                            "post",
                            "letter",
                            new Letter(
                                    item.data().number(),
                                    Rn.parse(item.rn().from("main").toString()))));
                }
                Korm.createAll(all);
                Query<Letter> query = letters.fromQuery(layer, "post", "letter");
                for (int i = 0; i < CITIES; i += 31) {
                    String name = city(i);
                    Query<Letter> found = query.where(eq("to.city", name)).orderBy(asc("to.number"));
                    assertThat(found.get())
                            .extracting(item -> item.data().number())
                            .isEqualTo(numbers(name::equals));
                    assertThat(query.where(ne("to.city", name)).count())
                            .isEqualTo(numbers(city -> city != null && !city.equals(name))
                                    .size());
                    assertThat(query.where(and(eq("to.city", name), eq("to.district", "d1")))
                                    .count())
                            .isEqualTo(numbers(name::equals).stream()
                                    .filter(number -> number % 3 == 1)
                                    .count());
                }
                assertThat(query.where(eq("to.city", "canary")).explain().toString())
                        .doesNotContain("canary");
            }
        }
    }

    @Test
    void another_length_is_prepared_while_others_write_and_asked_for_when_it_is_done() throws Exception {
        settle(COUNT);
        Items<Whole> whole = Korm.item(Whole.class, pool);
        Query<Whole> all = whole.fromQuery("town", "person");
        assertThatThrownBy(() -> all.where(eq("city", city(1))).count())
                .isInstanceOf(QueryException.class)
                .hasMessageContaining("prepare");
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<?> writer = thread.submit(() -> {
                for (int i = 0; i < 20; i++) {
                    citizens()
                            .fromData(new Citizen(COUNT + i, "new", Encrypted.of(city(1)), Optional.empty()))
                            .create();
                }
            });
            whole.prepare(Rn.collection("town", "person"));
            writer.get();
        } finally {
            thread.shutdownNow();
        }
        int ones = numbers(city(1)::equals).size() + 20;
        assertThat(all.where(eq("city", city(1))).count()).isEqualTo(ones);
        assertThat(where(eq("city", city(1))).count()).isEqualTo(ones);
        ColumnSchema exact = key(128).hidden();
        ColumnSchema cut = key(8).hidden();
        Rn<?> rn = where(eq("district", "new")).first().orElseThrow().rn();
        assertThat(cell(PEOPLE, rn, exact.name())).matches("k1:[0-9a-f]{32}");
        assertThat(cell(PEOPLE, rn, exact.name())).doesNotStartWith(cell(PEOPLE, rn, cut.name()));
    }

    @Test
    void they_are_found_while_the_key_changes_and_after() {
        settle(COUNT);
        List<Integer> ones = numbers(city(1)::equals);
        try (Pool both = open(keys("k2", "k1"))) {
            Items<Citizen> there = Korm.item(Citizen.class, both);
            there.fromData(new Citizen(COUNT, "new", Encrypted.of(city(1)), Optional.empty()))
                    .create();
            assertThat(there.query().where(eq("city", city(1))).count()).isEqualTo(ones.size() + 1);
            both.keys().rotation().run();
            both.keys().requireUnused("k1");
        }
        try (Pool only = open(keys("k2"))) {
            Query<Citizen> query = Korm.item(Citizen.class, only).query();
            assertThat(query.where(eq("city", city(1))).count()).isEqualTo(ones.size() + 1);
        }
    }

    @Test
    void one_that_does_not_open_is_not_found_and_keeps_nobody_from_the_others() {
        List<Item<Citizen>> items = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            items.add(citizens()
                    .fromData(new Citizen(i, "d", Encrypted.of("Rome"), Optional.empty()))
                    .create());
        }
        // Somebody copies a payload in the database; the fingerprint is right.
        ColumnSchema hidden = key(8).hidden();
        Rn<?> moved = items.get(0).rn();
        store.apply(Batch.of(List.of(new Mutation.Update(
                PEOPLE,
                moved.id().orElseThrow(),
                OptionalLong.empty(),
                List.of(schema(PEOPLE, "city"), hidden),
                Row.of(cell(PEOPLE, items.get(1).rn(), "city"), cell(PEOPLE, moved, hidden.name()))))));
        assertThat(numbers(where(eq("city", "Rome")))).containsExactly(1, 2);
        assertThat(numbers(where(ne("city", "Rome")))).containsExactly(0);
        assertThat(where(eq("city", "Rome")).explain().toString()).doesNotContain("Rome");
    }
}
