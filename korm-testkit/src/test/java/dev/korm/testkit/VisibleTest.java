package dev.korm.testkit;

import static dev.korm.Filter.eq;
import static dev.korm.Order.asc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.ConfigurationException;
import dev.korm.Document;
import dev.korm.Encrypted;
import dev.korm.Indexed;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.ModelException;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.Unique;
import dev.korm.event.Ping;
import dev.korm.event.PreparationProgress;
import dev.korm.jdbc.Sqlite;
import dev.korm.key.KeyRing;
import dev.korm.key.MissingKeyException;
import dev.korm.testkit.fault.FaultyLayer;
import dev.korm.testkit.memory.MemoryLayer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people are shown of a pool: items, plans, whether it answers, and at its opening what it lacks. */
@NullUnmarked // Tests dereference what they expect to be there.
class VisibleTest {
    @TempDir
    Path folder;

    record Address(String street, List<String> phones) {}

    @Stored(namespace = "people", kind = "owner")
    record Owner(String name, Address address) {}

    @Stored(namespace = "cars", kind = "suv")
    record Car(String make, @Indexed String plate, int year, Rn<Owner> owner) {}

    @Stored(namespace = "people", kind = "patient")
    record Patient(String name, Encrypted<String> number) {}

    @Stored(layer = "nowhere", namespace = "people", kind = "lost")
    record Lost(String name) {}

    private Pool pool() {
        return Korm.pool()
                .layer("main", Sqlite.file(folder.resolve("visible.sqlite")))
                .open();
    }

    @Test
    void an_item_is_framed_with_what_is_nested_and_what_was_read_along() {
        try (Pool pool = pool()) {
            Item<Owner> ada = Korm.item(Owner.class, pool)
                    .fromData(new Owner("Ada", new Address("Main\nStreet", List.of("1", "2"))))
                    .create();
            Items<Car> cars = Korm.item(Car.class, pool);
            Rn<Car> rn = cars.fromData(new Car("Citroen", "X 1", 1999, ada.rn()))
                    .create()
                    .rn();
            String shown = cars.fromRn(rn).resolvePaths("owner").get().show(Item.View.PLAIN.withTypes());
            assertThat(shown)
                    .contains("make", "String", "Rn<Owner>", "Citroen", "├ name", "└ address", "└ phones", "2 entries")
                    .contains("Main·Street");
            assertThat(shown.lines().map(String::length).distinct()).hasSize(1);
            assertThat(shown.lines().toList().get(0)).startsWith("┌ " + rn).endsWith("┐");
            String narrow = cars.fromRn(rn).get().show(Item.View.PLAIN.withWidth(1));
            assertThat(narrow.lines()).allMatch(line -> line.length() == 40);
            assertThat(narrow).doesNotContain("Ada").contains("…");
        }
    }

    @Test
    void many_items_are_a_table_of_the_width_that_is_asked_for() {
        try (Pool pool = pool()) {
            Items<Car> cars = Korm.item(Car.class, pool);
            Rn<Owner> owner = Rn.<Owner>collection("people", "owner").item("0b4d2f6e-8a1c-4e3f-9d5b-7c6a5e4d3f2b");
            Korm.createAll(List.of(
                    cars.fromData(new Car("Citroen", "X 1", 1999, owner)),
                    cars.fromData(new Car("漢字".repeat(60), "X 2", 2001, owner))));
            String table = Korm.show(cars.query().orderBy(asc("year")).get(), Item.View.PLAIN);
            assertThat(table.lines().toList()).hasSize(5);
            assertThat(table).contains("make", "plate", "Citroen", "2001", "2 items", "…");
            assertThat(table.lines().toList().get(2)).hasSize(100);
            assertThat(Korm.show(List.of(), Item.View.PLAIN)).contains("no items");
        }
    }

    @Test
    void secrets_are_not_shown() {
        try (Pool pool = Korm.pool()
                .layer("main", Sqlite.memory())
                .keys(KeyRing.fromEnvironment(name -> name.equals(KeyRing.KEY_VARIABLE) ? "5a".repeat(32) : null))
                .records(Patient.class)
                .open()) {
            Item<Patient> patient = Korm.item(Patient.class, pool)
                    .fromData(new Patient("Ada", Encrypted.of("canary")))
                    .create();
            assertThat(patient.show(Item.View.PLAIN)).contains("number").doesNotContain("canary");
            assertThat(Korm.show(List.of(patient), Item.View.PLAIN)).doesNotContain("canary");
            Item<Document> document = Korm.item(Document.class, pool)
                    .fromData("notes", "plain", Document.of(Map.of("empty", Map.of(), "list", List.of())))
                    .create();
            assertThat(document.show(Item.View.PLAIN)).contains("{}", "[]");
        }
    }

    @Test
    void an_explanation_says_what_to_index() {
        try (Pool pool = pool()) {
            Items<Car> cars = Korm.item(Car.class, pool);
            cars.fromData(new Car(
                            "Citroen",
                            "X 1",
                            1999,
                            Rn.<Owner>collection("people", "owner").item("0b4d2f6e-8a1c-4e3f-9d5b-7c6a5e4d3f2b")))
                    .create();
            assertThat(cars.query().where(eq("make", "Citroen")).explain().toString())
                    .contains("Advice: ", "declare @Indexed on make", "plan of the store:")
                    .doesNotContain("Crosses stores");
            assertThat(cars.query().where(eq("plate", "X 1")).explain().advice())
                    .isEmpty();
            assertThat(cars.query()
                            .where(eq("plate", "X 1"))
                            .where(eq("make", "Citroen"))
                            .explain()
                            .advice())
                    .isEmpty();
            assertThat(cars.query().orderBy(asc("year")).limit(10).explain().advice())
                    .singleElement()
                    .asString()
                    .contains("declare @Indexed on year");
            assertThat(cars.query().orderBy(asc("plate")).limit(10).explain().advice())
                    .isEmpty();
            assertThat(cars.query()
                            .orderBy(asc("plate"), asc("year"))
                            .limit(10)
                            .explain()
                            .advice())
                    .singleElement()
                    .asString()
                    .contains("equal in plate: declare @Indexed({\"plate\", \"year\"})");
        }
    }

    @Stored(namespace = "shop", kind = "customer")
    record Plain(String mail) {}

    @Stored(namespace = "shop", kind = "customer")
    record Customer(Unique<String> mail) {}

    @Test
    void preparing_a_collection_reports_how_far_it_has_come() {
        try (Pool pool = pool()) {
            Items<Plain> before = Korm.item(Plain.class, pool);
            Korm.createAll(IntStream.range(0, 1_200)
                    .mapToObj(i -> before.fromData(new Plain("a" + i)))
                    .toList());
            List<PreparationProgress> told = new ArrayList<>();
            Korm.item(Customer.class, pool).prepare(told::add);
            assertThat(told).extracting(PreparationProgress::done).containsExactly(500L, 1_000L, 1_200L);
            assertThat(told)
                    .allMatch(each -> each.total() == 1_200 && each.fields().equals("mail"));
            assertThat(told.get(0).collection().toString()).isEqualTo("[rn]:shop:customer:*");
        }
    }

    @Test
    void a_ping_asks_every_layer_and_tells_who_does_not_answer() {
        FaultyLayer broken = FaultyLayer.around(MemoryLayer.create());
        try (Pool pool = Korm.pool()
                .layer("main", Sqlite.memory())
                .layer("other", broken)
                .open()) {
            assertThat(pool.ping()).extracting(Ping::name).containsExactly("main", "other");
            assertThat(pool.ping()).allMatch(Ping::isAnswered);
        }
    }

    @Test
    void a_pool_whose_records_lack_something_does_not_open() {
        assertThatThrownBy(() -> Korm.pool()
                        .layer("main", Sqlite.memory())
                        .keys(KeyRing.fromEnvironment(name -> null))
                        .records(Patient.class)
                        .open())
                .isInstanceOf(MissingKeyException.class);
        assertThatThrownBy(() -> Korm.pool()
                        .layer("main", Sqlite.memory())
                        .records(Lost.class)
                        .open())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("nowhere");
        assertThatThrownBy(() -> Korm.pool()
                        .layer("main", Sqlite.memory())
                        .records(String.class)
                        .open())
                .isInstanceOf(ModelException.class);
        assertThatThrownBy(() -> Korm.pool()
                        .layer("main", Sqlite.memory())
                        .prepare(Address.class)
                        .open())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("@Stored");
        try (Pool pool =
                Korm.pool().layer("main", Sqlite.memory()).prepare(Car.class).open()) {
            assertThat(Korm.item(Car.class, pool).query().explain().toString()).contains("SELECT");
        }
    }
}
