package dev.korm.testkit.contract;

import static dev.korm.Filter.eq;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.korm.AlreadyExistsException;
import dev.korm.ClosedException;
import dev.korm.ConflictException;
import dev.korm.DeletedItem;
import dev.korm.Document;
import dev.korm.DuplicateException;
import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.NotFoundException;
import dev.korm.QueryException;
import dev.korm.Rn;
import dev.korm.Transaction;
import dev.korm.UncommittedItem;
import dev.korm.Unique;
import dev.korm.UniqueTogether;
import dev.korm.testkit.ConcurrentTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The life of items: created, changed, committed, deleted, together or not at all. Every layer passes it. */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class LifecycleContract extends PoolContract {
    @Test
    void a_created_item_is_read_back_as_it_was() {
        Item<User> fred = users().fromData(User.of("Fred", "freddie")
                        .withAddresses(new Address("Bedrock", null, 1960), new Address("Rome", "00100", 1970)))
                .create();
        assertThat(users().fromRn(fred.rn()).get()).isEqualTo(fred);
        assertThat(users().fromRn(fred.rn().toString()).get().data()).isEqualTo(fred.data());
        assertThat(fred.reload()).isEqualTo(fred);
    }

    @Test
    void nothing_is_stored_before_create() {
        FloatingItem<User> floating = users().fromData(User.of("Fred", "freddie"));
        assertThat(users().fromRn(floating.rn()).find()).isEmpty();
        assertThat(users().query().get()).isEmpty();
        FloatingItem<User> changed = floating.set(User::firstName, "Wilma");
        assertThat(floating.data().firstName()).isEqualTo("Fred");
        assertThat(changed.create().data().firstName()).isEqualTo("Wilma");
    }

    @Test
    void an_id_can_be_taken_once() {
        FloatingItem<User> floating = users().fromData(User.of("Fred", "freddie"));
        floating.create();
        AlreadyExistsException error = catchThrowableOfType(AlreadyExistsException.class, floating::create);
        assertThat(error.rn()).isEqualTo(floating.rn());
        assertThat(error).hasMessageContaining(floating.rn().toString());
    }

    @Test
    void of_many_who_create_one_item_one_succeeds() throws Exception {
        FloatingItem<User> floating = users().fromData(User.of("Fred", "freddie"));
        List<Callable<Boolean>> racers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            racers.add(() -> {
                try {
                    floating.create();
                    return true;
                } catch (AlreadyExistsException | DuplicateException late) {
                    return false;
                }
            });
        }
        assertThat(all(racers)).filteredOn(won -> won).hasSize(1);
        assertThat(users().query().count()).isEqualTo(1);
    }

    @Test
    void a_missing_item_is_an_error_or_empty() {
        Rn<User> nobody = Rn.parse("[rn]:users:freetier:3dd91ede-37a4-4c25-a86a-6f1a9e132186");
        assertThat(users().fromRn(nobody).find()).isEmpty();
        assertThatThrownBy(() -> users().fromRn(nobody).get())
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining(nobody.toString());
        assertThatThrownBy(() -> users().fromRn(Rn.<User>collection("users", "freetier")))
                .isInstanceOf(QueryException.class);
    }

    @Test
    void a_commit_writes_what_changed_and_leaves_the_old_item_alone() {
        Item<User> fred = users().fromData(User.of("Fred", "freddie")).create();
        UncommittedItem<User> changed = fred.set(User::firstName, "Frederick").set("lastName", "Flintstone");
        assertThat(changed.changedFields()).containsExactly("firstName", "lastName");
        assertThat(users().fromRn(fred.rn()).get()).isEqualTo(fred);
        Item<User> committed = changed.commit();
        assertThat(committed.revision()).isEqualTo(fred.revision() + 1);
        assertThat(committed.data().lastName()).isEqualTo("Flintstone");
        assertThat(fred.data().firstName()).isEqualTo("Fred");
        assertThat(fred.reload()).isEqualTo(committed);
    }

    @Test
    void data_changes_by_function_and_by_patch() {
        Item<Car> car = cars().fromData(Car.of("Citroen", 2014).withEngine(new Engine("diesel", 90, null)))
                .create();
        Item<Car> newer = car.update(old -> old.withTags("blue")).commit();
        assertThat(newer.data().tags()).containsExactly("blue");
        Item<Car> patched = newer.patch(Map.of("engine", Map.of("power", 120), "year", 2015))
                .commit();
        assertThat(patched.data().engine()).isEqualTo(new Engine("diesel", 120, null));
        assertThat(patched.data().year()).isEqualTo(2015);
        assertThat(patched.data().tags()).containsExactly("blue");
        assertThat(patched.reload()).isEqualTo(patched);
        Item<Car> nested = patched.set("engine.fuel", "petrol").commit();
        assertThat(nested.reload().data().engine()).isEqualTo(new Engine("petrol", 120, null));
    }

    @Test
    void values_become_null_and_come_back() {
        Item<Car> car = cars().fromData(Car.of("Citroen", 2014).withPrice(1.5).withModel("C4"))
                .create();
        Item<Car> bare = car.set(Car::price, null).set(Car::model, null).commit();
        assertThat(bare.reload().data().price()).isNull();
        assertThat(bare.set(Car::price, 2.0).commit().reload().data().price()).isEqualTo(2.0);
    }

    @Test
    void who_holds_an_item_cannot_change_a_later_one_of_its_id() {
        Item<Car> old = cars().fromData(Car.of("Citroen", 2014)).create();
        Item<Car> changed = old.set(Car::year, 2015).commit();
        changed.delete();
        Item<Car> anew = cars().fromData(Car.of("Fiat", 1999)).withRn(old.rn()).create();
        assertThat(anew.revision()).isGreaterThan(changed.revision());
        for (Item<Car> held : List.of(old, changed)) {
            assertThatThrownBy(() -> held.set(Car::year, 2020).commit()).isInstanceOf(ConflictException.class);
            assertThatThrownBy(held::delete).isInstanceOf(ConflictException.class);
        }
        assertThat(anew.reload()).isEqualTo(anew);
        Item<Car> restored = anew.delete().restore();
        assertThat(restored.revision()).isGreaterThan(anew.revision() + 1);
        assertThatThrownBy(() -> anew.set(Car::year, 2020).commit()).isInstanceOf(ConflictException.class);
    }

    @Test
    void a_commit_without_changes_answers_the_stored_row() {
        Item<User> fred = users().fromData(User.of("Fred", "freddie")).create();
        fred.set(User::firstName, "Frederick").commit();
        Item<User> same = fred.set(User::firstName, "Fred").commit();
        assertThat(same.data().firstName()).isEqualTo("Frederick");
        assertThat(same.revision()).isEqualTo(fred.revision() + 1);
    }

    @Test
    void a_lost_update_is_a_conflict_with_both_sides() {
        Item<User> fred = users().fromData(User.of("Fred", "freddie")).create();
        Item<User> theirs = fred.set(User::lastName, "Rubble").commit();
        ConflictException conflict =
                catchThrowableOfType(ConflictException.class, () -> fred.set(User::firstName, "Frederick")
                        .commit());
        assertThat(conflict.rn()).isEqualTo(fred.rn());
        assertThat(conflict.theirs()).isEqualTo(theirs);
        assertThat(((User) conflict.mine()).firstName()).isEqualTo("Frederick");
        assertThat(conflict.getMessage()).doesNotContain("Rubble").doesNotContain("Frederick");
        assertThat(fred.reload()).isEqualTo(theirs);
        assertThat(theirs.set(User::firstName, "Frederick").commit().data().lastName())
                .isEqualTo("Rubble");
    }

    @Test
    void a_commit_of_a_deleted_item_finds_nothing() {
        Item<User> fred = users().fromData(User.of("Fred", "freddie")).create();
        fred.delete();
        assertThatThrownBy(() -> fred.set(User::firstName, "X").commit()).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(fred::delete).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(fred::reload).isInstanceOf(NotFoundException.class);
    }

    @Test
    void a_deleted_item_can_be_restored_once() {
        Item<User> fred = users().fromData(User.of("Fred", "freddie")).create();
        DeletedItem<User> deleted = fred.delete();
        assertThat(users().query().exists()).isFalse();
        Item<User> again = deleted.restore();
        assertThat(again.rn()).isEqualTo(fred.rn());
        assertThat(again.data()).isEqualTo(fred.data());
        assertThat(again.revision()).isGreaterThan(fred.revision());
        assertThat(again.reload()).isEqualTo(again);
        assertThatThrownBy(deleted::restore).isInstanceOf(AlreadyExistsException.class);
        assertThatThrownBy(() -> fred.set(User::firstName, "X").commit()).isInstanceOf(ConflictException.class);
    }

    record Older(String name) {}

    @UniqueTogether({"name", "town"})
    record Newer(
            String name,
            String town,
            Unique<String> code,
            @Nullable Address home,
            List<String> tags) {}

    @Test
    void an_item_is_restored_with_what_its_record_does_not_know() {
        Items<Older> older = Korm.item(Older.class, pool());
        Items<Newer> newer = Korm.item(Newer.class, pool());
        older.fromData("shared", "people", new Older("Abe")).create().delete().restore();
        Newer data = new Newer("Bea", "Rome", Unique.of("b"), new Address("Rome", null, 1), List.of("x"));
        Item<Newer> item = newer.fromData("shared", "people", data).create();
        DeletedItem<Older> deleted = older.fromRn(item.rn().toString()).get().delete();
        assertThat(deleted.data()).isEqualTo(new Older("Bea"));
        assertThat(newer.fromRn(item.rn()).find()).isEmpty();
        assertThat(deleted.restore().data()).isEqualTo(new Older("Bea"));
        assertThat(newer.fromRn(item.rn()).get().data()).isEqualTo(data);
        assertThatThrownBy(() -> newer.fromData(
                                "shared", "people", new Newer("Cid", "Bonn", Unique.of("b"), null, List.of()))
                        .create())
                .isInstanceOf(DuplicateException.class);
        assertThatThrownBy(() -> newer.fromData(
                                "shared", "people", new Newer("Bea", "Rome", Unique.of("c"), null, List.of()))
                        .create())
                .isInstanceOf(DuplicateException.class);
        deleted.destroy();
        assertThatThrownBy(deleted::restore).isInstanceOf(ClosedException.class);
    }

    @Test
    void a_destroyed_item_cannot_be_restored() {
        DeletedItem<User> deleted =
                users().fromData(User.of("Fred", "freddie")).create().delete();
        deleted.destroy();
        deleted.destroy();
        assertThatThrownBy(deleted::restore).isInstanceOf(ClosedException.class).hasMessageContaining("destroyed");
        assertThatThrownBy(deleted::data).isInstanceOf(ClosedException.class);
    }

    @Test
    void a_deletion_of_a_changed_item_is_a_conflict() {
        Item<User> fred = users().fromData(User.of("Fred", "freddie")).create();
        fred.set(User::firstName, "Frederick").commit();
        assertThatThrownBy(fred::delete).isInstanceOf(ConflictException.class);
        assertThat(users().query().count()).isEqualTo(1);
    }

    @Test
    void a_unique_value_is_held_by_one_item() {
        Item<User> fred = users().fromData(User.of("Fred", "freddie")).create();
        DuplicateException error =
                catchThrowableOfType(DuplicateException.class, () -> users().fromData(User.of("Alfred", "freddie"))
                        .create());
        assertThat(error.fields()).containsExactly("username");
        assertThat(error.holder())
                .hasValueSatisfying(holder -> assertThat(holder).isEqualTo(fred.rn()));
        assertThat(error.getMessage()).doesNotContain("freddie");
        Item<User> barney = users().fromData(User.of("Barney", "barney")).create();
        assertThatThrownBy(
                        () -> barney.set(User::username, Unique.of("freddie")).commit())
                .isInstanceOf(DuplicateException.class);
        fred.set(User::username, Unique.of("fred")).commit();
        assertThat(barney.set(User::username, Unique.of("freddie")).commit().revision())
                .isEqualTo(barney.revision() + 1);
    }

    @Test
    void many_are_created_at_once_or_not_at_all() {
        List<FloatingItem<User>> many = IntStream.range(0, 1000)
                .mapToObj(i -> users().fromData(User.of("User" + i, "user" + i)))
                .toList();
        List<Item<User>> created = Korm.createAll(many);
        assertThat(created).hasSize(1000);
        assertThat(created.get(7).rn()).isEqualTo(many.get(7).rn());
        assertThat(users().query().count()).isEqualTo(1000);
        List<FloatingItem<User>> more = new ArrayList<>();
        more.add(users().fromData(User.of("New", "new")));
        more.add(users().fromData(User.of("Clash", "user5")));
        assertThatThrownBy(() -> Korm.createAll(more)).isInstanceOf(DuplicateException.class);
        assertThat(users().query().where(eq("username", "new")).exists()).isFalse();
        assertThat(Korm.createAll(List.<FloatingItem<User>>of())).isEmpty();
    }

    @Test
    void a_transaction_is_whole() {
        Item<User> fred = users().fromData(User.of("Fred", "freddie")).create();
        Item<User> barney = users().fromData(User.of("Barney", "barney")).create();
        FloatingItem<Car> car = cars().fromData(Car.of("Citroen", 2014).withOwner(fred.rn()));
        List<Item<?>> items = Korm.tx(fred.set(User::lastName, "Flintstone"), car, barney.deletion())
                .persist();
        assertThat(items).hasSize(3);
        assertThat(items.get(0).revision()).isEqualTo(fred.revision() + 1);
        assertThat(fred.reload().data().lastName()).isEqualTo("Flintstone");
        assertThat(cars().query().count()).isEqualTo(1);
        assertThat(users().fromRn(barney.rn()).find()).isEmpty();

        FloatingItem<Car> second = cars().fromData(Car.of("Skoda", 2020));
        assertThatThrownBy(
                        () -> Korm.tx(second, fred.set(User::lastName, "Stale")).persist())
                .isInstanceOf(ConflictException.class);
        assertThat(cars().query().count()).isEqualTo(1);
    }

    @Test
    void a_transaction_is_spent_after_one_use() {
        Transaction tx = Korm.tx(users().fromData(User.of("Fred", "freddie")));
        tx.persist();
        assertThatThrownBy(tx::persist).isInstanceOf(ClosedException.class);
        assertThat(Korm.tx().persist()).isEmpty();
    }

    @Test
    void one_item_cannot_be_changed_twice_in_one_transaction() {
        Item<User> fred = users().fromData(User.of("Fred", "freddie")).create();
        assertThatThrownBy(() -> Korm.tx(fred.set(User::lastName, "A"), fred.set(User::lastName, "B"))
                        .persist())
                .isInstanceOf(QueryException.class);
        assertThat(fred.reload()).isEqualTo(fred);
    }

    @ConcurrentTest
    void concurrent_increments_lose_nothing() throws Exception {
        Item<Car> car = cars().fromData(Car.of("Citroen", 0)).create();
        List<Callable<Integer>> workers = new ArrayList<>();
        for (int worker = 0; worker < 8; worker++) {
            workers.add(() -> {
                int conflicts = 0;
                for (int i = 0; i < 25; i++) {
                    conflicts += increment(car.rn());
                }
                return conflicts;
            });
        }
        all(workers);
        Item<Car> after = car.reload();
        assertThat(after.data().year()).isEqualTo(200);
        assertThat(after.revision()).isEqualTo(car.revision() + 200);
    }

    private int increment(Rn<Car> rn) {
        int conflicts = 0;
        while (true) {
            Item<Car> now = cars().fromRn(rn).get();
            try {
                now.set(Car::year, now.data().year() + 1).commit();
                return conflicts;
            } catch (ConflictException later) {
                conflicts++;
            }
        }
    }

    @Test
    void items_are_shown_without_control_characters() {
        Item<User> fred = users().fromData(User.of("Fr\u001b[31med", "freddie")).create();
        String text = fred.show(Item.Coloring.PLAIN);
        assertThat(text).contains(fred.rn().toString(), "firstName", "freddie").doesNotContain("\u001b");
        assertThat(fred.show(Item.Coloring.ANSI)).contains("\u001b[");
        assertThat(fred.toString()).doesNotContain("freddie");
    }

    @Test
    void documents_live_without_a_record() {
        Item<Document> item = documents()
                .fromData(
                        "notes",
                        "plain",
                        Document.of(Map.of("title", "Hello", "stars", 3, "meta", Map.of("hot", true))))
                .create();
        Item<Document> read = documents().fromRn(item.rn()).get();
        assertThat(read.data().get("title")).contains("Hello");
        assertThat(read.data().get("meta.hot")).contains(true);
        Item<Document> changed =
                read.set("meta.cold", false).set("extra", "later").commit().reload();
        assertThat(changed.data().get("meta.hot")).contains(true);
        assertThat(changed.data().get("meta.cold")).contains(false);
        assertThat(changed.data().get("extra")).contains("later");
        Item<Document> without =
                changed.update(data -> data.without("extra")).commit().reload();
        assertThat(without.data().get("extra")).isEmpty();
    }

    @Test
    void hostile_keys_and_values_are_plain_data() {
        Map<String, Object> nested = Map.of(
                "__proto__",
                1L,
                "constructor",
                "x",
                "'; DROP TABLE users; --",
                true,
                "a.b[0]\"c\\",
                "\"quoted\"",
                "",
                5L);
        Item<Document> item = documents()
                .fromData("notes", "odd", Document.of(Map.of("data", nested, "text", "'; DELETE FROM x; --")))
                .create();
        Document read = documents().fromRn(item.rn()).get().data();
        assertThat(read).isEqualTo(item.data());
        assertThat(documents()
                        .fromQuery("notes", "odd")
                        .where(eq("text", "'; DELETE FROM x; --"))
                        .count())
                .isEqualTo(1);
        assertThat(documents()
                        .fromQuery("notes", "odd")
                        .where(eq("data[\"'; DROP TABLE users; --\"]", true))
                        .count())
                .isEqualTo(1);
        assertThat(documents()
                        .fromQuery("notes", "odd")
                        .where(eq("data.__proto__", 1))
                        .count())
                .isEqualTo(1);
        assertThat(documents()
                        .fromQuery("notes", "odd")
                        .where(eq("data[\"\"]", 5))
                        .count())
                .isEqualTo(1);
    }

    @Test
    void a_closed_pool_says_so() {
        Item<User> fred = users().fromData(User.of("Fred", "freddie")).create();
        pool().close();
        pool().close();
        assertThatThrownBy(fred::reload).isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> users().query()).isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> fred.set(User::firstName, "X").commit()).isInstanceOf(ClosedException.class);
    }

    private static <R> List<R> all(List<Callable<R>> work) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(work.size());
        try {
            List<R> results = new ArrayList<>();
            for (Future<R> result : executor.invokeAll(work)) {
                results.add(result.get());
            }
            return results;
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void a_new_item_has_a_name_of_its_own_before_it_is_stored() {
        FloatingItem<User> one = users().fromData("users", "freetier", User.of("Fred", "a"));
        FloatingItem<User> other = users().fromData(User.of("Fred", "b"));
        assertThat(one.rn().id().orElseThrow())
                .matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
                .isNotEqualTo(other.rn().id().orElseThrow());
        Item<User> boss = other.create();
        assertThat(boss.pool()).isSameAs(pool());
        assertThat(boss.rn()).isEqualTo(other.rn());
        Rn<User> chosen = Rn.<User>collection("users", "freetier").item("3dd91ede-37a4-4c25-a86a-6f1a9e132186");
        assertThat(one.withRn(chosen).create().rn()).isEqualTo(chosen);
        assertThatThrownBy(() ->
                        one.withRn(Rn.<User>collection("users", "other").item("3dd91ede-37a4-4c25-a86a-6f1a9e132186")))
                .isInstanceOf(QueryException.class);
    }

    @Test
    void a_patch_merges_maps_and_replaces_everything_else() {
        Item<Document> item = documents()
                .fromData(
                        "notes",
                        "plain",
                        Document.of(Map.of(
                                "a", Map.of("x", 1, "y", Map.of("z", 2)), "list", List.of(1, 2, 3), "text", "t")))
                .create();
        Map<String, Object> change = new java.util.HashMap<>();
        change.put("a", Map.of("y", Map.of("w", 3)));
        change.put("list", List.of(9));
        change.put("text", null);
        Document merged = item.patch(change).commit().reload().data();
        assertThat(merged)
                .isEqualTo(Document.of(Map.of("a", Map.of("x", 1, "y", Map.of("z", 2, "w", 3)), "list", List.of(9))));
        assertThat(item.data().text("text")).isEqualTo("t");
        Item<Car> car = cars().fromData(
                        Car.of("Citroen", 2014).withTags("a", "b").withMarks(Map.of("k", 1)))
                .create();
        Item<Car> patched =
                car.patch(Map.of("tags", List.of("c"), "marks", Map.of("l", 2))).commit();
        assertThat(patched.reload().data().tags()).containsExactly("c");
        assertThat(patched.data().marks()).isEqualTo(Map.of("k", 1, "l", 2));
        assertThatThrownBy(() -> car.patch(Map.of("tgas", List.of()))).hasMessageContaining("\"tags\"");
    }

    @Test
    void an_item_deleted_under_a_reference_leaves_the_reference() {
        Item<User> fred = users().fromData(User.of("Fred", "freddie")).create();
        Item<Car> car =
                cars().fromData(Car.of("Citroen", 2014).withOwner(fred.rn())).create();
        DeletedItem<User> deleted = fred.delete();
        assertThat(car.reload().data().owner()).isEqualTo(fred.rn());
        assertThat(cars().fromRn(car.rn())
                        .resolvePaths("owner")
                        .get()
                        .data()
                        .owner()
                        .isResolved())
                .isFalse();
        deleted.restore();
        assertThat(cars().fromRn(car.rn())
                        .resolvePaths("owner")
                        .get()
                        .data()
                        .owner()
                        .isResolved())
                .isTrue();
    }

    @Test
    void errors_show_no_data() {
        Item<User> fred = users().fromData(User.of("TopSecret", "freddie")).create();
        fred.set(User::lastName, "Later").commit();
        for (Throwable error : List.of(
                org.assertj.core.api.Assertions.catchThrowable(
                        () -> fred.set(User::lastName, "TopSecret").commit()),
                org.assertj.core.api.Assertions.catchThrowable(
                        () -> users().fromData(User.of("TopSecret\0", "x")).create()),
                org.assertj.core.api.Assertions.catchThrowable(() -> fred.set("boss", "TopSecret")),
                org.assertj.core.api.Assertions.catchThrowable(
                        () -> users().query().where(eq("boss", List.of("TopSecret")))),
                org.assertj.core.api.Assertions.catchThrowable(
                        () -> users().fromData(User.of("TopSecret", "freddie")).create()))) {
            assertThat(error).isInstanceOf(dev.korm.KormException.class);
            assertThat(error.toString()).doesNotContain("TopSecret");
        }
    }
}
