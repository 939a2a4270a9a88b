package dev.korm.testkit.contract.change;

import static dev.korm.Assignment.set;
import static dev.korm.Filter.eq;
import static dev.korm.Filter.everything;
import static dev.korm.Filter.isNull;
import static dev.korm.Filter.not;
import static dev.korm.Order.asc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Aggregate;
import dev.korm.AlreadyExistsException;
import dev.korm.ConflictException;
import dev.korm.DeletePolicy;
import dev.korm.DeletedItem;
import dev.korm.Document;
import dev.korm.DuplicateException;
import dev.korm.Group;
import dev.korm.Indexed;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.NotFoundException;
import dev.korm.OnDelete;
import dev.korm.Page;
import dev.korm.Pool;
import dev.korm.Query;
import dev.korm.QueryException;
import dev.korm.ReferencedException;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.Unique;
import dev.korm.UniqueTogether;
import dev.korm.deletion.PurgedItems;
import dev.korm.deletion.SoftDelete;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.LeakCheck;
import dev.korm.testkit.memory.MemoryLayer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The behaviour of items that are kept when they are deleted. Every layer passes it. */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class SoftDeleteContract {
    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    /** A person, kept when deleted. */
    @Stored(namespace = "soft", kind = "person")
    @SoftDelete
    public record Person(String name, Unique<String> email, int age) {
        static Person of(String name) {
            return new Person(name, Unique.of(name + "@example.org"), name.length());
        }
    }

    /** A person of a program that does not know that persons are kept. */
    @Stored(namespace = "soft", kind = "person")
    public record PlainPerson(String name, Unique<String> email, int age) {}

    /** A person whose record has taken it back. */
    @Stored(namespace = "soft", kind = "person")
    @SoftDelete(ended = true)
    public record EndedPerson(String name, Unique<String> email, int age) {}

    /** A car that is not kept, with references of every policy. */
    @Stored(namespace = "soft", kind = "car")
    public record Car(
            @Indexed String make,
            @Nullable @Indexed Rn<Person> owner,
            List<Rn<Person>> drivers,
            @OnDelete(DeletePolicy.SET_NULL) @Nullable Rn<Person> keeper,
            @OnDelete(DeletePolicy.RESTRICT) @Nullable Rn<Person> lender) {
        static Car of(String make, Rn<Person> owner) {
            return new Car(make, owner, List.of(), null, null);
        }
    }

    /** A letter that goes with its writer, and is kept. */
    @Stored(namespace = "soft", kind = "letter")
    @SoftDelete
    public record Letter(
            String text, @OnDelete(DeletePolicy.CASCADE) Rn<Person> writer) {}

    /** A name that stays taken. */
    @Stored(namespace = "soft", kind = "login")
    @SoftDelete(uniqueValues = SoftDelete.UniqueValues.KEPT)
    public record Login(Unique<String> name) {}

    /** A seat, of which room and number are unique together. */
    @Stored(namespace = "soft", kind = "seat")
    @SoftDelete
    @UniqueTogether({"room", "number"})
    public record Seat(String room, @Nullable Integer number) {}

    /** A note without anything unique. */
    @Stored(namespace = "soft", kind = "note")
    @SoftDelete
    public record Note(String text) {}

    private Pool pool;
    private Items<Person> persons;
    private Items<Car> cars;

    /** Returns the layer to hold against the contract; each test begins with an empty one. */
    protected abstract LayerSource store();

    @BeforeEach
    void open() {
        pool = Korm.pool()
                .layer("main", leaks.watch(store()))
                .layer("other", MemoryLayer.create())
                .defaultLayer("main")
                .open();
        persons = Korm.item(Person.class, pool);
        cars = Korm.item(Car.class, pool);
    }

    @AfterEach
    void close() {
        pool.close();
    }

    private Item<Person> person(String name) {
        return persons.fromData(Person.of(name)).create();
    }

    private static List<String> names(List<Item<Person>> items) {
        return items.stream().map(item -> item.data().name()).sorted().toList();
    }

    @Test
    void a_deleted_item_is_in_no_answer() {
        person("ada");
        Item<Person> bob = person("bob");
        person("carl");
        assertThat(bob.deletedAt()).isEmpty();
        bob.delete();
        assertThat(persons.fromRn(bob.rn()).find()).isEmpty();
        assertThatThrownBy(() -> persons.fromRn(bob.rn()).get()).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(bob::reload).isInstanceOf(NotFoundException.class);
        assertThat(persons.fromRns(List.of(bob.rn()))).isEmpty();
        assertThat(names(persons.query().get())).containsExactly("ada", "carl");
        assertThat(persons.query().where(eq("name", "bob")).first()).isEmpty();
        assertThat(persons.query().where(eq("email", "bob@example.org")).first())
                .isEmpty();
        assertThat(persons.query().where(eq("rnId", bob.rn())).exists()).isFalse();
        assertThat(names(persons.query().where(not(eq("name", "ada"))).get())).containsExactly("carl");
        assertThat(names(persons.query().orderBy(asc("age")).limit(2).get())).containsExactly("ada", "carl");
        assertThat(persons.query().count()).isEqualTo(2);
        assertThat(persons.query().where(eq("name", "bob")).exists()).isFalse();
        assertThat(persons.query().sum("age").longValue()).isEqualTo(7);
        assertThat(persons.query().max("age")).contains(4);
        assertThat(persons.query().avg("age")).contains(3.5);
        assertThat(persons.query().groupBy("age").select(Aggregate.count()).stream()
                        .mapToLong(Group::count)
                        .sum())
                .isEqualTo(2);
        try (Stream<Item<Person>> stream = persons.query().stream()) {
            assertThat(stream.count()).isEqualTo(2);
        }
        Page<Person> page = persons.query().orderBy(asc("name")).page(1);
        assertThat(names(page.items())).containsExactly("ada");
        page = persons.query().orderBy(asc("name")).page(1, page.next().orElseThrow());
        assertThat(names(page.items())).containsExactly("carl");
        assertThat(page.next()).isEmpty();
        // Of one moment, which is a snapshot where the layer keeps such.
        page = persons.query().orderBy(asc("name")).pageWithTotal(1);
        assertThat(names(page.items())).containsExactly("ada");
        assertThat(page.total()).hasValue(2);
        page = persons.query().orderBy(asc("name")).pageWithTotal(1, page.next().orElseThrow());
        assertThat(names(page.items())).containsExactly("carl");
        assertThat(persons.query().where(everything()).updateAll(set("age", 9))).isEqualTo(2);
    }

    @Test
    void documents_know_without_the_record_that_an_item_is_deleted() {
        Item<Person> bob = person("bob");
        person("ada");
        bob.delete();
        Items<Document> documents = Korm.item(Document.class, pool);
        assertThat(documents.fromQuery("soft", "person").count()).isEqualTo(1);
        assertThat(documents.fromRn(bob.rn().toString()).find()).isEmpty();
        assertThat(documents.fromQuery("soft", "person").includeDeleted().count())
                .isEqualTo(2);
        // Deleted as a document, too, an item is kept.
        documents.fromQuery("soft", "person").first().orElseThrow().delete();
        assertThat(persons.query().includeDeleted().count()).isEqualTo(2);
        assertThat(persons.query().count()).isZero();
        Item<Document> kept =
                documents.fromRn(bob.rn().toString()).includeDeleted().get();
        assertThat(kept.data().asMap()).containsOnlyKeys("name", "email", "age");
        assertThat(kept.deletedAt()).isPresent();
    }

    @Test
    void a_record_that_does_not_know_of_it_reads_and_deletes_alike() {
        Item<Person> bob = person("bob");
        Items<PlainPerson> plain = Korm.item(PlainPerson.class, pool);
        assertThat(plain.query().count()).isEqualTo(1);
        plain.query().first().orElseThrow().delete();
        assertThat(plain.query().count()).isZero();
        assertThat(persons.fromRn(bob.rn()).includeDeleted().get().deletedAt()).isPresent();
        assertThat(persons.restore(bob.rn()).data()).isEqualTo(bob.data());
        assertThat(plain.query().count()).isEqualTo(1);
    }

    @Test
    void deleted_items_are_shown_where_that_is_asked_for() {
        Item<Person> ada = person("ada");
        Item<Person> bob = person("bob");
        bob.delete();
        assertThat(names(persons.query().includeDeleted().get())).containsExactly("ada", "bob");
        assertThat(persons.query().includeDeleted().count()).isEqualTo(2);
        Item<Person> kept = persons.query()
                .where(eq("name", "bob"))
                .includeDeleted()
                .first()
                .orElseThrow();
        assertThat(kept.data()).isEqualTo(bob.data());
        assertThat(kept.deletedAt()).isPresent();
        assertThat(kept.revision()).isEqualTo(bob.revision() + 1);
        assertThat(persons.fromRn(bob.rn()).includeDeleted().find()).contains(kept);
        assertThat(persons.fromRn(ada.rn()).includeDeleted().get().deletedAt()).isEmpty();
        assertThat(kept.reload()).isEqualTo(kept);
        assertThatThrownBy(() ->
                        persons.query().where(everything()).includeDeleted().deleteAll())
                .isInstanceOf(QueryException.class);
    }

    @Test
    void a_deleted_item_cannot_be_changed_or_deleted_again() {
        Item<Person> bob = person("bob");
        bob.delete();
        assertThatThrownBy(bob::delete).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> bob.set(Person::age, 9).commit()).isInstanceOf(NotFoundException.class);
        Item<Person> kept = persons.fromRn(bob.rn()).includeDeleted().get();
        assertThatThrownBy(() -> kept.set(Person::age, 9).commit())
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("Restore it first");
        assertThatThrownBy(kept::delete).isInstanceOf(NotFoundException.class);
        assertThat(persons.fromRn(bob.rn()).includeDeleted().get()).isEqualTo(kept);
    }

    @Test
    void a_deleted_item_is_restored_as_it_was() {
        Item<Person> bob = person("bob");
        bob.delete();
        Item<Person> again = persons.restore(bob.rn());
        assertThat(again.data()).isEqualTo(bob.data());
        assertThat(again.revision()).isEqualTo(bob.revision() + 2);
        assertThat(again.deletedAt()).isEmpty();
        assertThat(persons.fromRn(bob.rn()).get()).isEqualTo(again);
        assertThat(persons.query().where(eq("email", "bob@example.org")).count())
                .isEqualTo(1);
        assertThatThrownBy(() -> persons.fromData(Person.of("bob")).create()).isInstanceOf(DuplicateException.class);
        assertThatThrownBy(() -> persons.restore(bob.rn())).isInstanceOf(AlreadyExistsException.class);
        assertThatThrownBy(again::restoration).isInstanceOf(AlreadyExistsException.class);
        again.set(Person::age, 4).commit().delete();
        assertThat(persons.restore(bob.rn()).data().age()).isEqualTo(4);
        assertThatThrownBy(() -> persons.restore(Rn.parse("[rn]:soft:person:6b3c2c9e-0000-4000-8000-000000000001")))
                .isInstanceOf(NotFoundException.class);
    }

    @Test
    void who_deletes_an_item_can_restore_it() {
        Item<Person> bob = person("bob");
        DeletedItem<Person> gone = bob.delete();
        assertThat(gone.restore().data()).isEqualTo(bob.data());
        assertThat(persons.query().count()).isEqualTo(1);
        assertThatThrownBy(gone::restore).isInstanceOf(AlreadyExistsException.class);
    }

    @Test
    void of_two_who_restore_an_item_one_is_told_so() {
        Item<Person> bob = person("bob");
        bob.delete();
        Item<Person> kept = persons.fromRn(bob.rn()).includeDeleted().get();
        persons.restore(bob.rn());
        assertThatThrownBy(() -> Korm.tx(kept.restoration()).persist()).isInstanceOf(ConflictException.class);
    }

    @Test
    void unique_values_of_a_deleted_item_are_free() {
        Item<Person> bob = person("bob");
        bob.delete();
        Item<Person> other = person("bob");
        assertThatThrownBy(() -> persons.restore(bob.rn()))
                .isInstanceOf(DuplicateException.class)
                .hasMessageContaining("email")
                .hasMessageContaining(other.rn().toString());
        assertThat(persons.query().count()).isEqualTo(1);
        other.delete();
        // Several deleted items may have had the same value.
        assertThat(persons.query().includeDeleted().where(eq("name", "bob")).count())
                .isEqualTo(2);
        assertThat(persons.restore(bob.rn()).data()).isEqualTo(bob.data());
        assertThatThrownBy(() -> persons.restore(other.rn())).isInstanceOf(DuplicateException.class);
    }

    @Test
    void unique_values_are_kept_where_that_is_asked_for() {
        Items<Login> logins = Korm.item(Login.class, pool);
        Item<Login> root = logins.fromData(new Login(Unique.of("root"))).create();
        root.delete();
        assertThatThrownBy(() -> logins.fromData(new Login(Unique.of("root"))).create())
                .isInstanceOf(DuplicateException.class);
        assertThat(logins.query().where(eq("name", "root")).count()).isZero();
        assertThat(logins.restore(root.rn()).data()).isEqualTo(root.data());
    }

    @Test
    void unique_values_that_are_kept_stay_taken_after_a_move() {
        Items<Login> logins = Korm.item(Login.class, pool);
        Item<Login> root = logins.fromData(new Login(Unique.of("root"))).create();
        root.delete();
        Korm.collection(Login.class, pool)
                .from("main", "soft", "login")
                .to("other")
                .move();
        Query<Login> there = logins.fromQuery("other", "soft", "login");
        assertThat(there.count()).isZero();
        assertThat(there.includeDeleted().count()).isEqualTo(1);
        assertThatThrownBy(() -> logins.fromData("other", "soft", "login", new Login(Unique.of("root")))
                        .create())
                .isInstanceOf(DuplicateException.class);
        assertThat(logins.restore(root.rn().from("other")).data()).isEqualTo(root.data());
    }

    @Test
    void values_that_are_unique_together_are_free() {
        Items<Seat> seats = Korm.item(Seat.class, pool);
        Item<Seat> seat = seats.fromData(new Seat("hall", 1)).create();
        Item<Seat> free = seats.fromData(new Seat("hall", null)).create();
        seat.delete();
        free.delete();
        Item<Seat> other = seats.fromData(new Seat("hall", 1)).create();
        assertThatThrownBy(() -> seats.restore(seat.rn())).isInstanceOf(DuplicateException.class);
        assertThat(seats.restore(free.rn()).data()).isEqualTo(free.data());
        other.set(Seat::number, 2).commit();
        seats.restore(seat.rn());
        assertThatThrownBy(() -> seats.fromData(new Seat("hall", 1)).create()).isInstanceOf(DuplicateException.class);
    }

    @Test
    void the_id_of_a_deleted_item_is_not_given_to_another() {
        Item<Person> bob = person("bob");
        DeletedItem<Person> gone = bob.delete();
        persons.restore(bob.rn()).set(Person::age, 7).commit().delete();
        // What it was when it was deleted first is not what is kept.
        assertThatThrownBy(gone::restore)
                .isInstanceOf(AlreadyExistsException.class)
                .hasMessageContaining("deleted and kept")
                .hasMessageContaining("purge");
    }

    @Test
    void a_reference_to_a_deleted_item_leads_nowhere() {
        Item<Person> bob = person("bob");
        Item<Person> ada = person("ada");
        Item<Car> car = cars.fromData(new Car("Kia", bob.rn(), List.of(bob.rn(), ada.rn()), null, null))
                .create();
        cars.fromData(Car.of("BMW", ada.rn())).create();
        assertThat(cars.query().where(eq("owner.name", "bob")).count()).isEqualTo(1);
        bob.delete();
        assertThat(cars.query().where(eq("owner.name", "bob")).count()).isZero();
        assertThat(cars.query().where(not(eq("owner.name", "ada"))).count()).isZero();
        assertThat(cars.query().where(isNull("owner.name")).count()).isEqualTo(1);
        assertThat(cars.query().where(eq("drivers[*].name", "bob")).count()).isZero();
        assertThat(cars.query().where(eq("drivers[*].name", "ada")).count()).isEqualTo(1);
        assertThat(cars.query().orderBy(asc("owner.name")).get()).hasSize(2);
        Item<Car> read = cars.fromRn(car.rn()).resolvePaths("owner").get();
        assertThat(read.data().owner().carried()).isEmpty();
        // Asked for, it is there behind references too.
        assertThat(cars.query()
                        .where(eq("owner.name", "bob"))
                        .includeDeleted()
                        .resolvePaths("owner")
                        .first()
                        .orElseThrow()
                        .data()
                        .owner()
                        .get())
                .isEqualTo(bob.data());
        persons.restore(bob.rn());
        assertThat(cars.query().where(eq("owner.name", "bob")).count()).isEqualTo(1);
    }

    @Test
    void a_reference_from_another_layer_to_a_deleted_item_leads_nowhere() {
        Item<Person> bob = person("bob");
        Item<Person> ada = person("ada");
        Items<Car> all = Korm.item(Car.class, pool);
        all.fromData("other", "soft", "car", Car.of("Kia", bob.rn())).create();
        all.fromData("other", "soft", "car", Car.of("BMW", ada.rn())).create();
        Query<Car> there = all.fromQuery("other", "soft", "car");
        assertThat(there.where(eq("owner.name", "bob")).count()).isEqualTo(1);
        bob.delete();
        assertThat(there.where(eq("owner.name", "bob")).count()).isZero();
        assertThat(there.where(not(eq("owner.name", "ada"))).count()).isZero();
        assertThat(there.where(isNull("owner.name")).count()).isEqualTo(1);
        assertThat(there.orderBy(asc("owner.name")).get()).hasSize(2);
        assertThat(there.where(eq("owner.name", "bob")).includeDeleted().count())
                .isEqualTo(1);
        persons.restore(bob.rn());
        assertThat(there.where(eq("owner.name", "bob")).count()).isEqualTo(1);
    }

    @Test
    void deleted_items_move_to_another_layer_with_the_others() {
        Item<Person> bob = person("bob");
        Item<Person> ada = person("ada");
        bob.delete();
        Item<Person> again = person("bob");
        Korm.collection(Person.class, pool)
                .from("main", "soft", "person")
                .to("other")
                .move();
        Query<Person> there = persons.fromQuery("other", "soft", "person");
        assertThat(names(there.get())).containsExactly("ada", "bob");
        assertThat(names(there.includeDeleted().get())).containsExactly("ada", "bob", "bob");
        assertThat(persons.query().includeDeleted().count()).isZero();
        Rn<Person> moved = there.includeDeleted().get().stream()
                .filter(item -> item.deletedAt().isPresent())
                .findFirst()
                .orElseThrow()
                .rn();
        assertThat(moved.id()).isEqualTo(bob.rn().id());
        assertThatThrownBy(() -> persons.restore(moved)).isInstanceOf(DuplicateException.class);
        persons.fromRn(again.rn().from("other")).get().delete();
        assertThat(persons.restore(moved).data()).isEqualTo(bob.data());
        assertThat(ada.data())
                .isEqualTo(persons.fromRn(ada.rn().from("other")).get().data());
    }

    @Test
    void what_was_deleted_so_long_ago_is_purged() {
        Item<Person> ada = person("ada");
        Item<Person> bob = person("bob");
        Items<Letter> letters = Korm.item(Letter.class, pool);
        letters.fromData(new Letter("hi", bob.rn())).create();
        bob.delete();
        List<PurgedItems> told = new ArrayList<>();
        assertThat(pool.purgeDeleted(Duration.ofHours(1)).run()).isEqualTo(new PurgedItems(0, 0));
        assertThat(pool.purgeDeleted(Duration.ZERO)
                        .of(letters.query()
                                .includeDeleted()
                                .first()
                                .orElseThrow()
                                .rn()
                                .collection())
                        .run())
                .isEqualTo(new PurgedItems(1, 1));
        assertThat(persons.query().includeDeleted().count()).isEqualTo(2);
        assertThat(pool.purgeDeleted(Duration.ZERO).onProgress(told::add).run()).isEqualTo(new PurgedItems(1, 1));
        assertThat(told).containsExactly(new PurgedItems(1, 1));
        assertThat(persons.query().includeDeleted().get()).containsExactly(ada);
        assertThat(letters.query().includeDeleted().count()).isZero();
        assertThatThrownBy(() -> persons.restore(bob.rn())).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> pool.purgeDeleted(Duration.ofSeconds(-1))).isInstanceOf(QueryException.class);
    }

    @Test
    void policies_hold_for_a_deletion_that_keeps_the_row() {
        Item<Person> bob = person("bob");
        Item<Car> lent = cars.fromData(new Car("Kia", null, List.of(), bob.rn(), bob.rn()))
                .create();
        assertThatThrownBy(bob::delete).isInstanceOf(ReferencedException.class);
        Item<Car> free = lent.set(Car::lender, null).commit();
        Items<Letter> letters = Korm.item(Letter.class, pool);
        Item<Letter> letter = letters.fromData(new Letter("hi", bob.rn())).create();
        DeletedItem<Person> gone = bob.delete();
        assertThat(gone.cascaded().values()).containsExactly(1L);
        assertThat(free.reload().data().keeper()).isNull();
        assertThat(letters.query().count()).isZero();
        // A letter is kept itself, and restored by itself.
        persons.restore(bob.rn());
        assertThat(letters.query().count()).isZero();
        assertThat(letters.restore(letter.rn()).data()).isEqualTo(letter.data());
        assertThat(free.reload().data().keeper()).isNull();
    }

    @Test
    void a_deleted_item_holds_nothing_by_its_references() {
        Item<Person> bob = person("bob");
        Items<Letter> letters = Korm.item(Letter.class, pool);
        Item<Letter> letter = letters.fromData(new Letter("hi", bob.rn())).create();
        letter.delete();
        assertThat(bob.delete().cascaded()).isEmpty();
        // It refers to an item that is deleted, as any other may.
        assertThat(letters.restore(letter.rn()).data().writer()).isEqualTo(bob.rn());
    }

    @Test
    void many_items_are_deleted_and_kept_by_one_call() {
        for (String name : List.of("ada", "bob", "carl", "dora")) {
            person(name);
        }
        assertThat(persons.query().where(eq("age", 4)).deleteAll()).isEqualTo(2);
        assertThat(names(persons.query().get())).containsExactly("ada", "bob");
        assertThat(persons.query().includeDeleted().count()).isEqualTo(4);
        assertThat(persons.query().where(everything()).deleteAll()).isEqualTo(2);
        assertThat(persons.query().where(everything()).deleteAll()).isZero();
        Items<Note> notes = Korm.item(Note.class, pool);
        for (int i = 0; i < 5; i++) {
            notes.fromData(new Note("n" + i)).create();
        }
        assertThat(notes.query().where(eq("text", "n1")).deleteAll()).isEqualTo(1);
        assertThat(notes.query().where(everything()).deleteAll()).isEqualTo(4);
        assertThat(notes.query().includeDeleted().count()).isEqualTo(5);
        assertThat(notes.query().count()).isZero();
    }

    @Test
    void a_transaction_takes_deletions_and_restorations() {
        Item<Person> ada = person("ada");
        Item<Person> bob = person("bob");
        ada.delete();
        Item<Person> kept = persons.fromRn(ada.rn()).includeDeleted().get();
        Korm.tx(kept.restoration(), bob.deletion(), persons.fromData(Person.of("carl")))
                .persist();
        assertThat(names(persons.query().get())).containsExactly("ada", "carl");
        // One that fails leaves all as it was.
        Item<Person> keptBob = persons.fromRn(bob.rn()).includeDeleted().get();
        assertThatThrownBy(() -> Korm.tx(keptBob.restoration(), persons.fromData(Person.of("carl")))
                        .persist())
                .isInstanceOf(DuplicateException.class);
        assertThat(names(persons.query().get())).containsExactly("ada", "carl");
    }

    @Test
    void a_transaction_with_reads_sees_what_it_deletes_and_restores() {
        Item<Person> ada = person("ada");
        Item<Person> bob = person("bob");
        bob.delete();
        pool.runTransaction(tx -> {
            Items<Person> within = tx.item(Person.class);
            tx.delete(within.fromRn(ada.rn()).get());
            assertThat(within.query().count()).isZero();
            assertThat(within.restore(bob.rn()).data()).isEqualTo(bob.data());
            assertThat(names(within.query().get())).containsExactly("bob");
            assertThat(within.fromRn(bob.rn()).find()).isPresent();
            tx.update(within.fromRn(bob.rn()).get().set(Person::age, 5));
            assertThatThrownBy(() -> within.query().includeDeleted()).isInstanceOf(QueryException.class);
        });
        assertThat(names(persons.query().get())).containsExactly("bob");
        assertThat(persons.query().first().orElseThrow().data().age()).isEqualTo(5);
        assertThat(persons.fromRn(ada.rn()).includeDeleted().get().deletedAt()).isPresent();
    }

    @Test
    void a_record_can_begin_to_keep_its_items_and_end_it() {
        Items<PlainPerson> plain = Korm.item(PlainPerson.class, pool);
        Item<PlainPerson> old = plain.fromData(new PlainPerson("old", Unique.of("old@example.org"), 3))
                .create();
        Item<PlainPerson> gone = plain.fromData(new PlainPerson("gone", Unique.of("gone@example.org"), 4))
                .create();
        gone.delete();
        persons.query().where(eq("name", "old")).first().orElseThrow().delete();
        assertThat(plain.query().count()).isZero();
        assertThat(names(persons.query().includeDeleted().get())).containsExactly("old");
        Items<EndedPerson> ended = Korm.item(EndedPerson.class, pool);
        Item<EndedPerson> last = ended.fromData(new EndedPerson("new", Unique.of("new@example.org"), 3))
                .create();
        last.delete();
        assertThat(names(persons.query().includeDeleted().get())).containsExactly("old");
        assertThat(ended.query().count()).isZero();
        assertThat(ended.restore(Rn.parse(old.rn().toString())).data().name()).isEqualTo("old");
        ended.query().first().orElseThrow().delete();
        assertThat(ended.query().includeDeleted().count()).isZero();
    }

    @Test
    void a_field_becomes_unique_whatever_deleted_items_hold() {
        Items<Note> notes = Korm.item(Note.class, pool);
        Item<Note> first = notes.fromData(new Note("same")).create();
        first.delete();
        Item<Note> second = notes.fromData(new Note("same")).create();
        Items<UniqueNote> unique = Korm.item(UniqueNote.class, pool);
        unique.prepare();
        assertThatThrownBy(
                        () -> unique.fromData(new UniqueNote(Unique.of("same"))).create())
                .isInstanceOf(DuplicateException.class);
        assertThatThrownBy(() -> unique.restore(Rn.parse(first.rn().toString())))
                .isInstanceOf(DuplicateException.class);
        second.delete();
        assertThat(unique.restore(Rn.parse(first.rn().toString())).data().text().value())
                .isEqualTo("same");
    }

    /** A note whose text has become unique. */
    @Stored(namespace = "soft", kind = "note")
    @SoftDelete
    public record UniqueNote(Unique<String> text) {}
}
