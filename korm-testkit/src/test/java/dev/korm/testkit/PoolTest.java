package dev.korm.testkit;

import static dev.korm.Assignment.set;
import static dev.korm.Filter.eq;
import static dev.korm.Filter.everything;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.ClosedException;
import dev.korm.ConfigurationException;
import dev.korm.ConflictException;
import dev.korm.Document;
import dev.korm.Explanation;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.KormException;
import dev.korm.ModelException;
import dev.korm.Order;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.Query;
import dev.korm.QueryException;
import dev.korm.Rn;
import dev.korm.StoreException;
import dev.korm.Stored;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.Layer;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.fault.FaultyLayer;
import dev.korm.testkit.fault.FaultyLayer.Call;
import dev.korm.testkit.fault.VirtualEnvironment;
import dev.korm.testkit.memory.MemoryLayer;
import java.io.Serializable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NullUnmarked // Tests dereference what they expect to be there.
class PoolTest {
    record Person(String name, @Nullable Rn<Person> friend) {}

    @Stored(layer = "elsewhere", namespace = "people", kind = "plain")
    record Elsewhere(String name) {}

    private static Items<Person> people(Pool pool) {
        return Korm.item(Person.class, pool);
    }

    @Test
    void a_pool_needs_a_layer() {
        PoolBuilder empty = Korm.pool();
        assertThatThrownBy(empty::open)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("layer");
    }

    @Test
    void revisions_grow_over_the_items_of_an_id_though_the_clock_stands_still_or_is_set_back() {
        VirtualEnvironment environment = VirtualEnvironment.seeded(1);
        try (Pool pool = Korm.pool()
                .layer("main", MemoryLayer.create())
                .environment(environment)
                .open()) {
            Item<Person> first = people(pool)
                    .fromData("people", "plain", new Person("Ada", null))
                    .create();
            List<Item<Person>> held = new ArrayList<>(List.of(first));
            for (int life = 0; life < 3; life++) {
                for (int i = 0; i < 5; i++) {
                    Item<Person> last = held.get(held.size() - 1);
                    held.add(last.set("name", "Ada " + i).commit());
                }
                people(pool).fromQuery("people", "plain").where(everything()).updateAll(set("name", "Eve"));
                environment.setTime(VirtualEnvironment.START.minusSeconds(3600L * life));
                people(pool).fromRn(first.rn()).get().delete();
                held.add(people(pool)
                        .fromData("people", "plain", new Person("Anew", null))
                        .withRn(first.rn())
                        .create());
            }
            assertThat(held).extracting(Item::revision).isSorted().doesNotHaveDuplicates();
            Item<Person> last = held.remove(held.size() - 1);
            held.forEach(old ->
                    assertThatThrownBy(() -> old.set("name", "Late").commit()).isInstanceOf(ConflictException.class));
            assertThat(last.reload()).isEqualTo(last);
        }
    }

    @Test
    void every_layer_has_a_name_of_its_own() {
        PoolBuilder builder = Korm.pool().layer("a", MemoryLayer.create());
        assertThatThrownBy(() -> builder.layer("a", MemoryLayer.create()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("\"a\"");
        for (String name : List.of("", "a[b", "a]")) {
            assertThatThrownBy(() -> builder.layer(name, MemoryLayer.create()))
                    .isInstanceOf(ConfigurationException.class);
        }
        try (Pool pool = builder.layer("b c:é", MemoryLayer.create()).open()) {
            assertThat(pool.layers()).containsExactly("a", "b c:é");
            Item<Person> item = people(pool)
                    .fromData("b c:é", "people", "plain", new Person("Abe", null))
                    .create();
            assertThat(people(pool).fromRn(item.rn().toString()).get()).isEqualTo(item);
        }
    }

    @Test
    void of_several_layers_one_must_be_named_and_be_there() {
        try (Pool pool = Korm.pool()
                .layer("a", MemoryLayer.create())
                .layer("b", MemoryLayer.create())
                .open()) {
            Rn<Person> nowhere = Rn.collection("people", "plain");
            for (Runnable call : List.<Runnable>of(
                    () -> people(pool).fromQuery("people", "plain"),
                    () -> people(pool).fromQuery(nowhere),
                    () -> people(pool).fromData("people", "plain", new Person("Abe", null)),
                    () -> people(pool).fromRn("[rn]:people:plain:3dd91ede-37a4-4c25-a86a-6f1a9e132186"))) {
                assertThatThrownBy(call::run)
                        .isInstanceOf(ConfigurationException.class)
                        .hasMessageContaining("a, b");
            }
            for (Runnable call : List.<Runnable>of(
                    () -> people(pool).fromQuery("c", "people", "plain"),
                    () -> people(pool).fromQuery(nowhere.from("c")),
                    () -> people(pool).fromData("c", "people", "plain", new Person("Abe", null)))) {
                assertThatThrownBy(call::run)
                        .isInstanceOf(ConfigurationException.class)
                        .hasMessageContaining("\"c\"");
            }
            assertThatThrownBy(() -> Korm.item(Elsewhere.class, pool).query())
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("elsewhere");
            assertThatThrownBy(() -> people(pool).query()).hasMessageContaining("@Stored");
        }
    }

    @Test
    void layers_of_one_type_are_apart() {
        try (Pool pool = Korm.pool()
                .layer("a", Sqlite.memory())
                .layer("b", Sqlite.memory())
                .open()) {
            Item<Person> abe = people(pool)
                    .fromData("a", "people", "plain", new Person("Abe", null))
                    .create();
            assertThat(abe.rn().layer()).contains("a");
            assertThat(people(pool).fromQuery("a", "people", "plain").count()).isEqualTo(1);
            assertThat(people(pool).fromQuery("b", "people", "plain").count()).isZero();
            assertThat(people(pool).fromRn(abe.rn().from("b")).find()).isEmpty();
        }
    }

    @Test
    void references_are_resolved_in_other_layers_and_other_stores() {
        try (Pool pool = Korm.pool()
                .layer("a", Sqlite.memory())
                .layer("b", MemoryLayer.create())
                .open()) {
            Item<Person> bea = people(pool)
                    .fromData("b", "people", "plain", new Person("Bea", null))
                    .create();
            Item<Person> abe = people(pool)
                    .fromData("a", "people", "plain", new Person("Abe", bea.rn()))
                    .create();
            bea.set(Person::friend, abe.rn()).commit();
            Item<Person> read =
                    people(pool).fromRn(abe.rn()).resolvePaths("friend.friend").get();
            assertThat(read.data().friend().get().name()).isEqualTo("Bea");
            assertThat(read.data().friend().get().friend().get().name()).isEqualTo("Abe");
            assertThat(people(pool)
                            .fromQuery("a", "people", "plain")
                            .where(eq("friend", bea.rn()))
                            .count())
                    .isEqualTo(1);
        }
    }

    @Test
    void a_filter_leaves_its_layer_where_a_reference_does() {
        try (Pool pool = Korm.pool()
                .layer("a", Sqlite.memory())
                .layer("b", Sqlite.memory())
                .open()) {
            Item<Person> bea = people(pool)
                    .fromData("b", "people", "plain", new Person("Bea", null))
                    .create();
            people(pool)
                    .fromData("a", "people", "plain", new Person("Abe", bea.rn()))
                    .create();
            Query<Person> all = people(pool).fromQuery("a", "people", "plain");
            assertThat(all.where(eq("friend.name", "Bea")).count()).isEqualTo(1);
            assertThat(all.where(eq("friend.name", "Abe")).count()).isZero();
        }
    }

    @Test
    void where_nobody_names_a_layer_the_pool_says_which() {
        try (Pool pool = Korm.pool()
                .layer("a", MemoryLayer.create())
                .layer("b", MemoryLayer.create())
                .layer("c", MemoryLayer.create())
                .defaultLayer("a")
                .home("people", "b")
                .home("people", "odd", "c")
                .open()) {
            Item<Person> plain = people(pool)
                    .fromData("people", "plain", new Person("Abe", null))
                    .create();
            Item<Person> odd = people(pool)
                    .fromData("people", "odd", new Person("Bea", plain.rn()))
                    .create();
            Item<Person> other = people(pool)
                    .fromData("pets", "plain", new Person("Rex", odd.rn()))
                    .create();
            assertThat(List.of(plain.rn(), odd.rn(), other.rn()))
                    .extracting(rn -> rn.layer().orElseThrow())
                    .containsExactly("b", "c", "a");
            assertThat(people(pool)
                            .fromQuery("pets", "plain")
                            .where(eq("friend.friend.name", "Abe"))
                            .count())
                    .isEqualTo(1);
            assertThat(people(pool).fromRn(plain.rn().without(Rn.FROM)).get()).isEqualTo(plain);
        }
        assertThatThrownBy(() -> Korm.pool()
                        .layer("a", MemoryLayer.create())
                        .home("people", "z")
                        .open())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("\"z\"")
                .hasMessageContaining("it has a");
        assertThatThrownBy(() -> Korm.pool().home("people", "a").home("people", "b"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("already");
        assertThatThrownBy(() -> Korm.pool().home("No Word", "a")).isInstanceOf(ConfigurationException.class);
    }

    @Test
    void a_change_of_several_layers_is_refused_whole_without_a_journal() {
        try (Pool pool = Korm.pool()
                .layer("a", Sqlite.memory())
                .layer("b", Sqlite.memory())
                .open()) {
            Item<Person> bea = people(pool)
                    .fromData("b", "people", "plain", new Person("Bea", null))
                    .create();
            Item<Person> abe = people(pool)
                    .fromData("a", "people", "plain", new Person("Abe", bea.rn()))
                    .create();
            Item<Person> read =
                    people(pool).fromRn(abe.rn()).resolvePaths("friend").get();
            assertThatThrownBy(
                            () -> read.set("friend.name", "B").set("name", "A").commit())
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining(".withWal(");
            assertThat(abe.reload()).isEqualTo(abe);
            assertThat(bea.reload()).isEqualTo(bea);
            assertThat(read.set("friend.name", "B")
                            .commit()
                            .data()
                            .friend()
                            .get()
                            .name())
                    .isEqualTo("B");
            assertThat(bea.reload().data().name()).isEqualTo("B");
        }
    }

    @Test
    void a_reference_into_a_layer_that_the_pool_lacks_is_an_error_when_it_is_resolved() {
        try (Pool pool = Korm.pool().layer("a", Sqlite.memory()).open()) {
            Rn<Person> lost = Rn.parse("[rn][from::gone]:people:plain:3dd91ede-37a4-4c25-a86a-6f1a9e132186");
            Item<Person> abe = people(pool)
                    .fromData("people", "plain", new Person("Abe", lost))
                    .create();
            assertThat(abe.reload().data().friend()).isEqualTo(lost);
            assertThatThrownBy(() ->
                            people(pool).fromRn(abe.rn()).resolvePaths("friend").get())
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("gone");
        }
    }

    @Test
    void the_name_of_a_file_is_no_name_of_an_item() {
        try (Pool pool = Korm.pool().layer("a", MemoryLayer.create()).open()) {
            assertThatThrownBy(() -> people(pool).fromRn("[rn][depot::files]:invoices:fred.pdf"))
                    .isInstanceOf(QueryException.class)
                    .hasMessageContaining("files");
        }
    }

    @Test
    void references_are_read_by_one_question_for_each_level_and_not_for_each_item() {
        FaultyLayer counting = FaultyLayer.around(MemoryLayer.create());
        try (Pool pool = Korm.pool().layer("a", counting).open()) {
            Item<Person> boss = people(pool)
                    .fromData("bosses", "plain", new Person("Boss", null))
                    .create();
            List<Item<Person>> leads = Korm.createAll(IntStream.range(0, 10)
                    .mapToObj(i -> people(pool).fromData("leads", "plain", new Person("L" + i, boss.rn())))
                    .toList());
            Korm.createAll(IntStream.range(0, 200)
                    .mapToObj(i -> people(pool)
                            .fromData(
                                    "people",
                                    "plain",
                                    new Person("P" + i, leads.get(i % 10).rn())))
                    .toList());
            counting.reset();
            List<Item<Person>> read = people(pool)
                    .fromQuery("people", "plain")
                    .resolvePaths("friend.friend")
                    .get();
            assertThat(read).hasSize(200).allSatisfy(person -> assertThat(
                            person.data().friend().get().friend().get().name())
                    .isEqualTo("Boss"));
            assertThat(counting.calls(Call.SELECT)).isEqualTo(3);
        }
    }

    @Test
    void orders_limits_and_entries_of_lists_are_the_work_of_the_store() {
        try (Pool pool = Korm.pool().layer("a", Sqlite.memory()).open()) {
            people(pool).fromData("people", "plain", new Person("Abe", null)).create();
            Explanation explanation = Korm.item(Document.class, pool)
                    .fromQuery("people", "plain")
                    .where(eq("tags[*].name", "x").negate())
                    .orderBy(Order.desc("name"))
                    .limit(3)
                    .explain();
            assertThat(explanation.steps()).hasSize(1);
            assertThat(explanation.steps().get(0).statement()).contains("ORDER BY", "LIMIT", "NOT");
        }
    }

    @Test
    void a_pool_that_cannot_be_opened_says_so_at_once_and_leaves_nothing_open(@TempDir Path folder) {
        FaultyLayer first = FaultyLayer.around(MemoryLayer.create());
        Path nowhere = folder.resolve("no/such/folder/data.sqlite");
        PoolBuilder builder = Korm.pool().layer("a", first).layer("b", Sqlite.file(nowhere));
        assertThatThrownBy(builder::open)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("b")
                .hasMessageContaining("data.sqlite");
        assertThat(first.leaks()).isZero();
    }

    @Test
    void closing_closes_every_layer_though_one_fails() {
        FaultyLayer first = FaultyLayer.around(MemoryLayer.create());
        FaultyLayer last = FaultyLayer.around(MemoryLayer.create());
        List<RuntimeException> thrown = new ArrayList<>();
        Pool pool = Korm.pool()
                .layer("a", first)
                .layer("b", failingToClose(MemoryLayer.create(), thrown))
                .layer("c", failingToClose(MemoryLayer.create(), thrown))
                .layer("d", last)
                .open();
        assertThatThrownBy(pool::close).isSameAs(thrown.get(0)).satisfies(failure -> assertThat(failure.getSuppressed())
                .containsExactly(thrown.get(1)));
        assertThat(first.leaks() + last.leaks()).isZero();
        assertThatThrownBy(() -> people(pool).fromQuery("a", "people", "plain").get())
                .isInstanceOf(ClosedException.class);
        pool.close();
    }

    private static LayerSource failingToClose(LayerSource source, List<RuntimeException> thrown) {
        thrown.add(new StoreException("x", "The disk is gone", StoreException.Outcome.NOT_APPLIED, null));
        RuntimeException failure = thrown.get(thrown.size() - 1);
        return (name, environment) -> {
            Layer layer = source.open(name, environment);
            return (Layer) Proxy.newProxyInstance(
                    Layer.class.getClassLoader(), new Class<?>[] {Layer.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("close")) {
                            throw failure;
                        }
                        try {
                            return method.invoke(layer, arguments);
                        } catch (InvocationTargetException wrapped) {
                            throw wrapped.getCause();
                        }
                    });
        };
    }

    @Test
    void what_is_no_record_is_no_item() {
        try (Pool pool = Korm.pool().layer("a", MemoryLayer.create()).open()) {
            for (Class<?> type :
                    List.<Class<?>>of(String.class, List.class, Object.class, Serializable.class, int.class)) {
                assertThatThrownBy(() -> Korm.item(type, pool))
                        .as(type.getName())
                        .isInstanceOf(ModelException.class);
            }
            assertThat(Korm.item(Document.class, pool).fromQuery("a", "b").get())
                    .isEmpty();
        }
    }

    @Test
    void every_error_is_of_one_family() {
        for (Class<?> error : List.<Class<?>>of(
                dev.korm.AlreadyExistsException.class,
                ClosedException.class,
                ConfigurationException.class,
                dev.korm.ConflictException.class,
                dev.korm.CursorException.class,
                dev.korm.DuplicateException.class,
                dev.korm.key.MissingKeyException.class,
                dev.korm.MissingReferenceException.class,
                ModelException.class,
                dev.korm.NotFoundException.class,
                dev.korm.OperationInterruptedException.class,
                dev.korm.PasswordBusyException.class,
                dev.korm.PathException.class,
                QueryException.class,
                dev.korm.RnException.class,
                dev.korm.SchemaException.class,
                dev.korm.SealException.class,
                StoreException.class,
                dev.korm.ValueException.class)) {
            assertThat(KormException.class).isAssignableFrom(error);
            assertThat(RuntimeException.class).isAssignableFrom(error);
        }
    }
}
