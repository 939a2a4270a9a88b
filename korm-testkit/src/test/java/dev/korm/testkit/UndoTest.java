package dev.korm.testkit;

import static dev.korm.Filter.everything;
import static dev.korm.Filter.gt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.ConfigurationException;
import dev.korm.DeletePolicy;
import dev.korm.DeletedItem;
import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.OnDelete;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.PoolTransaction;
import dev.korm.Rn;
import dev.korm.deletion.SoftDelete;
import dev.korm.history.HistoryException;
import dev.korm.history.PurgeProgress;
import dev.korm.history.UndoRefusedException;
import dev.korm.testkit.fault.VirtualEnvironment;
import dev.korm.testkit.memory.MemoryJournal;
import dev.korm.testkit.memory.MemoryLayer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Undone transactions of two layers: twice, in turn, of moves, of what goes along, and of what is not all there any more. */
class UndoTest {
    /** An owner of cars. */
    record Owner(String name) {}

    /** A car, which goes with its owner. */
    record Car(int price, @OnDelete(DeletePolicy.CASCADE) Rn<Owner> owner) {}

    /** A note, whose row is kept when it is deleted. */
    @SoftDelete
    record Note(String text, @OnDelete(DeletePolicy.CASCADE) Rn<Owner> about) {}

    private final MemoryLayer a = MemoryLayer.create();
    private final MemoryLayer b = MemoryLayer.create();
    private final MemoryJournal journal = MemoryJournal.create();
    private final VirtualEnvironment world = VirtualEnvironment.seeded(11).withThreads();
    private Pool pool;
    private Items<Owner> owners;
    private Items<Car> cars;
    private Items<Note> notes;
    private Item<Owner> owner;
    private Item<Car> car;
    private Item<Note> note;

    @BeforeEach
    void open() {
        open(builder().layer("b", b));
        owner = owners.fromData("a", "people", "owner", new Owner("fred")).create();
        car = cars.fromData("b", "goods", "car", new Car(100, owner.rn())).create();
        note = notes.fromData("b", "goods", "note", new Note("a good one", owner.rn()))
                .create();
        tick();
    }

    private PoolBuilder builder() {
        return Korm.pool()
                .layer("a", a)
                .defaultLayer("a")
                .withWal(journal)
                .withHistory()
                .environment(world);
    }

    private void open(PoolBuilder builder) {
        pool = builder.open();
        owners = Korm.item(Owner.class, pool);
        cars = Korm.item(Car.class, pool);
        notes = Korm.item(Note.class, pool);
    }

    @AfterEach
    void close() {
        pool.close();
    }

    @Test
    void a_deleted_item_says_which_transaction_is_to_be_undone() {
        DeletedItem<Owner> gone = owner.delete();
        assertThat(gone.cascaded()).hasSize(2);
        assertThat(owners.fromRn(owner.rn()).find()).isEmpty();
        assertThat(cars.fromRn(car.rn()).find()).isEmpty();
        pool.history().undo(gone.transaction().orElseThrow());
        assertThat(owners.fromRn(owner.rn()).get().data()).isEqualTo(owner.data());
        assertThat(cars.fromRn(car.rn()).get().data()).isEqualTo(car.data());
        pool.runTransaction(
                tx -> assertThat(tx.delete(owners.fromRn(owner.rn()).get()).transaction())
                        .isEmpty());
        try (Pool without = Korm.pool().layer("c", MemoryLayer.create()).open()) {
            Item<Owner> other = Korm.item(Owner.class, without)
                    .fromData("c", "people", "owner", new Owner("ann"))
                    .create();
            assertThat(other.delete().transaction()).isEmpty();
        }
    }

    private void tick() {
        world.advance(Duration.ofSeconds(1));
    }

    private static String last(Items<?> items, Rn<?> rn) {
        return lastOf(items, rn);
    }

    @SuppressWarnings("unchecked") // The items are those of the RN.
    private static <T> String lastOf(Items<T> items, Rn<?> rn) {
        return items.history((Rn<T>) rn).newest(1).get(0).transaction().orElseThrow();
    }

    private String undo(String transaction) {
        tick();
        return pool.history().undo(transaction).transaction();
    }

    private void requireThere(boolean there) {
        assertThat(owners.fromRn(owner.rn()).find().isPresent()).isEqualTo(there);
        assertThat(cars.fromRn(car.rn()).find().map(Item::data).isPresent()).isEqualTo(there);
        assertThat(notes.fromRn(note.rn()).find().map(Item::data).isPresent()).isEqualTo(there);
        if (there) {
            assertThat(owners.fromRn(owner.rn()).get().data()).isEqualTo(owner.data());
            assertThat(cars.fromRn(car.rn()).get().data()).isEqualTo(car.data());
            assertThat(notes.fromRn(note.rn()).get().data()).isEqualTo(note.data());
        }
    }

    @Test
    void what_went_along_with_a_deletion_comes_and_goes_with_it_however_often() {
        owner.delete();
        requireThere(false);
        String transaction = last(owners, owner.rn());
        boolean there = false;
        for (int i = 0; i < 5; i++) {
            transaction = undo(transaction);
            there = !there;
            requireThere(there);
        }
    }

    @Test
    void a_transaction_is_undone_once() {
        Korm.tx(owner.set(Owner::name, "wilma"), car.set(Car::price, 90)).persist();
        String change = last(owners, owner.rn());
        undo(change);
        assertThatThrownBy(() -> undo(change)).isInstanceOf(UndoRefusedException.class);
        requireThere(true);

        String creation = last(
                cars,
                cars.fromData("b", "goods", "car", new Car(1, owner.rn()))
                        .create()
                        .rn());
        undo(creation);
        assertThatThrownBy(() -> undo(creation)).isInstanceOf(UndoRefusedException.class);

        cars.fromRn(car.rn()).get().delete();
        String deletion = last(cars, car.rn());
        undo(deletion);
        assertThatThrownBy(() -> undo(deletion)).isInstanceOf(UndoRefusedException.class);
        requireThere(true);
    }

    @Test
    void a_move_is_undone_with_the_references_that_followed_it() {
        Item<Owner> moved = owner.moveTo("b").commit();
        assertThat(cars.fromRn(car.rn()).get().data().owner().layer()).contains("b");
        String move = last(owners, moved.rn());
        String undone = undo(move);
        requireThere(true);
        assertThat(owners.fromRn(moved.rn()).find()).isEmpty();
        undo(undone);
        assertThat(owners.fromRn(moved.rn()).get().data()).isEqualTo(owner.data());
        assertThat(owners.fromRn(owner.rn()).find()).isEmpty();
        assertThat(cars.fromRn(car.rn()).get().data().owner().layer()).contains("b");
    }

    @Test
    void a_move_of_a_collection_is_undone() {
        Korm.collection(Car.class, pool).from("b", "goods", "car").to("a").move();
        Rn<Car> there = car.rn().from("a");
        assertThat(cars.fromRn(there).get().data()).isEqualTo(car.data());
        undo(last(cars, there));
        assertThat(cars.fromRn(there).find()).isEmpty();
        requireThere(true);
    }

    @Test
    void changes_of_many_items_are_undone() {
        assertThat(cars.fromQuery("b", "goods", "car").where(gt(Car::price, 1)).deleteAll())
                .isEqualTo(1);
        undo(last(cars, car.rn()));
        notes.fromQuery("b", "goods", "note").where(everything()).deleteAll();
        undo(last(notes, note.rn()));
        requireThere(true);
        assertThat(notes.fromQuery("b", "goods", "note").includeDeleted().count())
                .isEqualTo(1);
    }

    @Test
    void a_change_is_not_undone_in_part_where_a_layer_is_none_of_the_pools() {
        Korm.tx(owner.set(Owner::name, "wilma"), car.set(Car::price, 90)).persist();
        String change = last(owners, owner.rn());
        pool.close();
        open(builder());
        assertThatThrownBy(() -> undo(change))
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining("no \"b\"");
        assertThat(owners.fromRn(owner.rn()).get().data().name()).isEqualTo("wilma");
        pool.close();
        open(builder().layer("b", b));
        undo(change);
        requireThere(true);
    }

    @Test
    void a_change_is_not_undone_in_part_where_versions_of_it_were_purged() {
        FloatingItem<Owner> wilma = owners.fromData("a", "people", "owner", new Owner("wilma"));
        Korm.tx(car.deletion(), wilma).persist();
        String change = last(owners, wilma.rn());
        tick();
        Instant cut = world.clock().instant();
        tick();
        pool.history().before(cut).run();
        assertThat(pool.history().transaction(change)).hasSize(1);
        assertThatThrownBy(() -> undo(change))
                .isInstanceOf(UndoRefusedException.class)
                .hasMessageContaining("purged");
        assertThat(owners.fromRn(wilma.rn()).get().data().name()).isEqualTo("wilma");
    }

    @Test
    void a_purge_ends_at_its_limit_and_goes_on_with_the_next_run() {
        for (int i = 0; i < 10; i++) {
            tick();
            car = car.set(Car::price, i).commit();
        }
        tick();
        Instant cut = world.clock().instant();
        long deleted = 0;
        for (int run = 1; run <= 4; run++) {
            PurgeProgress end = pool.history().before(cut).limit(3).run();
            assertThat(end.deleted()).isEqualTo(run < 4 ? 3 : 1);
            deleted += end.deleted();
        }
        assertThat(deleted).isEqualTo(10);
        assertThat(pool.history().before(cut).limit(3).run().deleted()).isZero();
        assertThat(cars.history(car.rn()).newest(20)).hasSize(1);
        requireThere(true);
    }

    @Test
    void an_undo_within_a_transaction_of_the_thread_is_refused() {
        Korm.tx(owner.set(Owner::name, "wilma"), car.set(Car::price, 90)).persist();
        String change = last(owners, owner.rn());
        try (PoolTransaction.Begun tx = pool.begin(PoolTransaction.Options.DEFAULT);
                PoolTransaction.Scope scope = tx.makeCurrent()) {
            assertThat(scope).isNotNull();
            assertThatThrownBy(() -> pool.history().undo(change)).isInstanceOf(ConfigurationException.class);
        }
        assertThat(owners.fromRn(owner.rn()).get().data().name()).isEqualTo("wilma");
        undo(change);
        requireThere(true);
    }

    @Test
    void what_is_no_transaction_is_told_so() {
        for (String id : List.of("", "x", "' OR 1=1 --", "%")) {
            assertThatThrownBy(() -> undo(id)).isInstanceOf(HistoryException.class);
        }
        requireThere(true);
    }
}
