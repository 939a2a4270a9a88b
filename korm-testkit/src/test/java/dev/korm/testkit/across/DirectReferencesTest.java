package dev.korm.testkit.across;

import static dev.korm.Filter.eq;
import static dev.korm.Order.asc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.ConfigurationException;
import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.MissingReferenceException;
import dev.korm.Pool;
import dev.korm.QueryException;
import dev.korm.Rn;
import dev.korm.jdbc.Sqlite;
import dev.korm.testkit.Seed;
import dev.korm.testkit.memory.MemoryLayer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What references name is read with the rows that hold them, where each is a field of its own: the same as where items are copied to carry it. */
@NullUnmarked // Tests dereference what they expect to be there.
class DirectReferencesTest {
    record Country(String name) {}

    record Town(String name, Rn<Country> country) {}

    record Visit(
            int number,
            @Nullable Rn<Town> from,
            Rn<Town> to,
            @Nullable Rn<Country> by) {}

    /** Names itself, so that an item can be asked for in two depths. */
    record Person(String name, @Nullable Rn<Person> parent) {}

    private final Pool pool = Korm.pool()
            .layer("visits", Sqlite.memory())
            .layer("towns", MemoryLayer.create())
            .layer("countries", Sqlite.memory())
            .open();

    @AfterEach
    void close() {
        pool.close();
    }

    private Rn<Country> country(String name) {
        return Korm.item(Country.class, pool)
                .fromData("countries", "places", "country", new Country(name))
                .create()
                .rn();
    }

    private Rn<Town> town(String layer, String name, Rn<Country> country) {
        return Korm.item(Town.class, pool)
                .fromData(layer, "places", "town", new Town(name, country))
                .create()
                .rn();
    }

    private Item<Visit> visit(int number, @Nullable Rn<Town> from, Rn<Town> to, @Nullable Rn<Country> by) {
        return Korm.item(Visit.class, pool)
                .fromData("visits", "diary", "visit", new Visit(number, from, to, by))
                .create();
    }

    private List<Item<Visit>> read(String... paths) {
        return Korm.item(Visit.class, pool)
                .fromQuery("visits", "diary", "visit")
                .orderBy(asc(Visit::number))
                .resolvePaths(paths)
                .get();
    }

    private static String text(@Nullable Rn<?> rn) {
        if (rn == null) {
            return "none";
        }
        String carried = rn.carried()
                .map(item -> {
                    Item<?> whole = (Item<?>) item;
                    Object data = whole.data();
                    String inner =
                            data instanceof Town town ? town.name() + " " + text(town.country()) : data.toString();
                    return whole.rn() + " " + whole.revision() + " " + inner;
                })
                .orElse(rn.isMissing() ? "missing" : "not read");
        return rn + " -> " + carried;
    }

    private static String text(Item<Visit> visit) {
        Visit data = visit.data();
        return visit.rn() + " " + visit.revision() + " " + data.number() + " | " + text(data.from()) + " | "
                + text(data.to()) + " | " + text(data.by());
    }

    /** Reads by copies of items, since each visit is asked for by itself. */
    private List<String> oneByOne(List<Item<Visit>> visits, String... paths) {
        List<String> texts = new ArrayList<>();
        for (Item<Visit> visit : visits) {
            texts.add(text(Korm.item(Visit.class, pool)
                    .fromRn(visit.rn())
                    .resolvePaths(paths)
                    .get()));
        }
        return texts;
    }

    @Test
    void random_items_are_the_same_as_read_one_by_one() {
        Random random = Seed.random(DirectReferencesTest.class);
        List<Rn<Country>> countries = new ArrayList<>();
        countries.add(Rn.<Country>item("places", "country", UUID.randomUUID()).from("countries"));
        for (int i = 0; i < 4; i++) {
            countries.add(country("Country " + i));
        }
        List<Rn<Town>> towns = new ArrayList<>();
        towns.add(Rn.<Town>item("places", "town", UUID.randomUUID()).from("towns"));
        for (int i = 0; i < 9; i++) {
            towns.add(town(
                    random.nextBoolean() ? "towns" : "visits",
                    "Town " + i,
                    countries.get(random.nextInt(countries.size()))));
        }
        for (int i = 0; i < 60; i++) {
            Rn<Town> to = towns.get(random.nextInt(towns.size()));
            visit(
                    i,
                    random.nextInt(3) == 0 ? null : towns.get(random.nextInt(towns.size())),
                    // An RN without its layer names an item of the layer of whoever holds it.
                    to.layer().equals(Optional.of("visits")) && random.nextBoolean() ? to.without(Rn.FROM) : to,
                    random.nextInt(3) == 0 ? null : countries.get(random.nextInt(countries.size())));
        }
        for (String[] paths : List.of(
                new String[] {"to"},
                new String[] {"to.country"},
                new String[] {"from.country", "to.country", "by"},
                new String[] {"from", "from.country", "to.country"})) {
            List<Item<Visit>> all = read(paths);
            assertThat(all).hasSize(60);
            assertThat(all.stream().map(DirectReferencesTest::text).toList()).isEqualTo(oneByOne(all, paths));
            try (Stream<Item<Visit>> stream = Korm.item(Visit.class, pool)
                    .fromQuery("visits", "diary", "visit")
                    .orderBy(asc(Visit::number))
                    .resolvePaths(paths)
                    .stream()) {
                assertThat(stream.map(DirectReferencesTest::text).toList()).isEqualTo(oneByOne(all, paths));
            }
        }
    }

    @Test
    void references_to_one_item_carry_one_item() {
        Rn<Town> home = town("towns", "Home", country("Here"));
        visit(1, home, home, null);
        visit(2, null, home, null);
        List<Item<Visit>> all = read("from.country", "to.country");
        Item<Town> first = all.get(0).data().from().item();
        assertThat(all.get(0).data().to().item()).isSameAs(first);
        assertThat(all.get(1).data().to().item()).isSameAs(first);
        assertThat(first.data().country().get().name()).isEqualTo("Here");
        assertThat(all.get(1).data().to()).isEqualTo(home);
    }

    @Test
    void two_fields_that_declare_different_types_do_not_share_what_they_carry() {
        record Two(Rn<Town> town, Rn<Country> country) {}
        UUID id = UUID.randomUUID();
        Rn<Two> two = Korm.item(Two.class, pool)
                .fromData(
                        "visits",
                        "diary",
                        "two",
                        new Two(
                                Rn.<Town>item("places", "any", id).from("towns"),
                                Rn.<Country>item("places", "any", id).from("towns")))
                .create()
                .rn();
        Item<Country> made = Korm.item(Country.class, pool)
                .fromData("towns", "places", "any", new Country("There"))
                .create();
        Two names = new Two(
                Rn.<Town>parse(made.rn().toString()),
                Rn.<Country>parse(made.rn().toString()));
        Korm.item(Two.class, pool).fromRn(two).get().update(was -> names).commit();
        Two read = Korm.item(Two.class, pool)
                .fromQuery("visits", "diary", "two")
                .resolvePaths("town", "country")
                .get()
                .get(0)
                .data();
        assertThat(read.town().get()).isInstanceOf(Town.class);
        assertThat(read.country().get()).isInstanceOf(Country.class);
    }

    @Test
    void one_item_may_be_asked_for_in_two_depths() {
        Rn<Person> last = null;
        for (String name : List.of("Zoe", "Adam", "Bea", "Carl")) {
            last = Korm.item(Person.class, pool)
                    .fromData("towns", "people", "person", new Person(name, last))
                    .create()
                    .rn();
        }
        Person carl = Korm.item(Person.class, pool)
                .fromQuery("towns", "people", "person")
                .where(eq(Person::name, "Carl"))
                .resolvePaths("parent.parent")
                .get()
                .get(0)
                .data();
        Person adam = carl.parent().get().parent().get();
        assertThat(adam.name()).isEqualTo("Adam");
        assertThat(adam.parent().isResolved()).isFalse();
        Person bea = Korm.item(Person.class, pool)
                .fromQuery("towns", "people", "person")
                .where(eq(Person::name, "Carl"))
                .resolvePaths("parent")
                .get()
                .get(0)
                .data()
                .parent()
                .get();
        assertThat(bea.parent().isResolved()).isFalse();
    }

    @Test
    void a_reference_into_a_layer_that_is_not_there_is_refused() {
        visit(1, null, Rn.<Town>item("places", "town", UUID.randomUUID()).from("nowhere"), null);
        assertThatThrownBy(() -> read("to"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("There is no layer \"nowhere\"");
    }

    @Test
    void a_reference_to_a_collection_is_refused() {
        visit(1, null, Rn.<Town>collection("places", "town").from("towns"), null);
        assertThatThrownBy(() -> read("to"))
                .isInstanceOf(QueryException.class)
                .hasMessageContaining("names a collection");
    }

    @Test
    void a_missing_item_is_refused_where_all_are_required() {
        visit(1, null, Rn.<Town>item("places", "town", UUID.randomUUID()).from("towns"), null);
        assertThat(read("to.country").get(0).data().to().isMissing()).isTrue();
        assertThatThrownBy(() -> Korm.item(Visit.class, pool)
                        .fromQuery("visits", "diary", "visit")
                        .resolvePaths("to")
                        .requireReferences()
                        .get())
                .isInstanceOf(MissingReferenceException.class);
    }

    @Test
    void what_a_transaction_has_changed_is_carried() {
        Rn<Country> here = country("Here");
        Rn<Town> home = town("towns", "Home", here);
        visit(1, null, home, null);
        pool.runTransaction(tx -> {
            tx.item(Country.class)
                    .fromRn(here)
                    .get()
                    .set(Country::name, "There")
                    .commit();
            Rn<Town> to = tx.item(Visit.class)
                    .fromQuery("visits", "diary", "visit")
                    .resolvePaths("to.country")
                    .get()
                    .get(0)
                    .data()
                    .to();
            assertThat(to.get().country().get().name()).isEqualTo("There");
        });
    }
}
