package dev.korm.testkit.contract.change;

import static dev.korm.Filter.eq;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.AlreadyExistsException;
import dev.korm.Change;
import dev.korm.ChangeTooLargeException;
import dev.korm.ConfigurationException;
import dev.korm.ConflictException;
import dev.korm.DeletePolicy;
import dev.korm.DuplicateException;
import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.NotFoundException;
import dev.korm.OnDelete;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.PoolTransaction;
import dev.korm.Query;
import dev.korm.QueryException;
import dev.korm.ReferencedException;
import dev.korm.Rn;
import dev.korm.Unique;
import dev.korm.deletion.SoftDelete;
import dev.korm.file.FileRef;
import dev.korm.history.Operation;
import dev.korm.recovery.RecoveryReport;
import dev.korm.relocate.Relocation;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.fault.FaultyLayer;
import dev.korm.testkit.fault.FaultyLayer.Call;
import dev.korm.testkit.memory.MemoryDepot;
import dev.korm.testkit.memory.MemoryJournal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Moves of items and collections as members of changes, which happen with all the rest or not. Every pair of layers passes it. */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class MoveChangeContract {
    /** An owner of things. */
    public record Owner(
            Unique<String> name, int things, @Nullable Rn<Owner> boss) {}

    /** A thing with an owner, and others who know of it. */
    public record Thing(
            String name,
            @OnDelete(DeletePolicy.CASCADE) @Nullable Rn<Owner> owner,
            List<Rn<Owner>> friends,
            int price,
            @Nullable FileRef photo) {}

    /** A note, kept when it is deleted. */
    @SoftDelete
    public record Note(Unique<String> title, @Nullable Rn<Owner> author) {}

    /** The part of a thing that some know. */
    public record Priced(int price) {}

    private final MemoryJournal journal = MemoryJournal.create();
    private final MemoryDepot depot = MemoryDepot.create();
    private FaultyLayer left;
    private FaultyLayer right;
    private Pool pool;
    private Item<Owner> fred;
    private Item<Owner> wilma;
    private Item<Thing> car;

    /** Returns the layer that is moved from; each test begins with an empty one. */
    protected abstract LayerSource left();

    /** Returns the layer that is moved to; each test begins with an empty one. */
    protected abstract LayerSource right();

    @BeforeEach
    void openPool() {
        left = FaultyLayer.around(left());
        right = FaultyLayer.around(right());
        pool = builder().withWal(journal).open();
        wilma = owners("left").fromData(owner("wilma", null)).create();
        fred = owners("left").fromData(owner("fred", wilma.rn())).create();
        FileRef photo = FileRef.of("files", "photos/car.txt", "a car".getBytes(StandardCharsets.UTF_8));
        car = things("left")
                .fromData(new Thing("car", fred.rn(), List.of(wilma.rn(), fred.rn()), 1, photo))
                .create();
        things("right")
                .fromData(new Thing("bike", fred.rn().from("left"), List.of(), 1, null))
                .create();
        // Tables are there, so that the faults of a test meet its own calls.
        owners("right").fromData(owner("first", null)).create().delete();
    }

    private PoolBuilder builder() {
        return Korm.pool()
                .layer("left", left)
                .layer("right", right)
                .depot("files", depot)
                .withHistory();
    }

    @AfterEach
    void closePool() {
        left.heal();
        right.heal();
        pool.close();
        assertThat(left.leaks() + right.leaks()).isZero();
    }

    private static Owner owner(String name, @Nullable Rn<Owner> boss) {
        return new Owner(Unique.of(name), 1, boss);
    }

    private Collection<Owner> owners(String layer) {
        return new Collection<>(Owner.class, layer, "owner");
    }

    private Collection<Thing> things(String layer) {
        return new Collection<>(Thing.class, layer, "thing");
    }

    private Collection<Note> notes(String layer) {
        return new Collection<>(Note.class, layer, "note");
    }

    /** The items of a type in a layer. */
    private final class Collection<T> {
        private final Class<T> type;
        private final String layer;
        private final String kind;

        Collection(Class<T> type, String layer, String kind) {
            this.type = type;
            this.layer = layer;
            this.kind = kind;
        }

        FloatingItem<T> fromData(T data) {
            return Korm.item(type, pool).fromData(layer, "world", kind, data);
        }

        Query<T> query() {
            return Korm.item(type, pool).fromQuery(layer, "world", kind);
        }

        Optional<Item<T>> find(Rn<T> rn) {
            return query().where(eq("rnId", rn.id().orElseThrow())).first();
        }

        Relocation<T> relocation() {
            return Korm.collection(type, pool).from(layer, "world", kind);
        }
    }

    private List<String> names(String layer) {
        return owners(layer).query().get().stream()
                .map(item -> item.data().name().value())
                .sorted()
                .toList();
    }

    private static List<String> layers(Thing thing) {
        List<String> layers = new ArrayList<>();
        layers.add(thing.owner().layer().orElse(""));
        thing.friends().forEach(friend -> layers.add(friend.layer().orElse("")));
        return layers;
    }

    private Thing thing(String layer, String name) {
        return things(layer)
                .query()
                .where(eq("name", name))
                .first()
                .orElseThrow()
                .data();
    }

    private void assertNothingMoved() {
        assertThat(names("left")).containsExactly("fred", "wilma");
        assertThat(names("right")).isEmpty();
        assertThat(layers(thing("left", "car"))).doesNotContain("right");
        assertThat(layers(thing("right", "bike"))).containsExactly("left");
        assertThat(pool.danglingReferences()).isEmpty();
    }

    private void assertFredMoved() {
        assertThat(names("left")).containsExactly("wilma");
        assertThat(names("right")).containsExactly("fred");
        assertThat(layers(thing("left", "car"))).containsExactly("right", "left", "right");
        assertThat(layers(thing("right", "bike"))).allMatch(layer -> layer.isEmpty() || layer.equals("right"));
        assertThat(pool.danglingReferences()).isEmpty();
    }

    /** Kills the program, as far as its stores and its journal notice, and opens the pool anew. */
    private RecoveryReport reopen() {
        journal.crash();
        left.heal();
        right.heal();
        pool.close();
        pool = builder().withWal(journal).open();
        return pool.recovery().atOpening();
    }

    @Test
    void an_item_is_in_its_new_layer_and_everybody_names_it_there() {
        Item<Owner> moved = fred.moveTo("right").commit();
        assertThat(moved.rn().layer()).contains("right");
        assertThat(moved.rn().id()).isEqualTo(fred.rn().id());
        assertThat(moved.revision()).isGreaterThan(fred.revision());
        assertThat(moved.reload()).isEqualTo(moved);
        assertThat(moved.data().boss().layer()).contains("left");
        assertThat(moved.set(Owner::things, 7).commit().data().things()).isEqualTo(7);
        assertThatThrownBy(() -> fred.reload()).isInstanceOf(NotFoundException.class);
        assertFredMoved();
    }

    @Test
    void a_move_happens_with_all_the_rest_of_its_change() {
        List<Item<?>> stored = Korm.tx(
                        car.set(Thing::price, 9),
                        fred.moveTo("right"),
                        things("left").fromData(new Thing("boat", fred.rn(), List.of(), 1, null)),
                        wilma.set(Owner::boss, fred.rn()))
                .persist();
        assertThat(stored).hasSize(4);
        assertThat(((Item<?>) stored.get(1)).rn().layer()).contains("right");
        assertThat(thing("left", "car").price()).isEqualTo(9);
        assertThat(layers(thing("left", "boat"))).containsExactly("right");
        assertThat(owners("left").find(wilma.rn()).orElseThrow().data().boss().layer())
                .contains("right");
        for (Item<?> item : stored) {
            assertThat(item.reload()).isEqualTo(item);
        }
        assertFredMoved();
    }

    @Test
    void items_that_go_together_go_on_naming_each_other() {
        Korm.tx(fred.moveTo("right"), wilma.moveTo("right"), car.moveTo("right"))
                .persist();
        assertThat(names("right")).containsExactly("fred", "wilma");
        Item<Owner> moved = owners("right").find(fred.rn()).orElseThrow();
        assertThat(moved.data().boss().layer().orElse("right")).isEqualTo("right");
        Thing there = thing("right", "car");
        assertThat(layers(there)).allMatch(layer -> layer.isEmpty() || layer.equals("right"));
        assertThat(pool.file(there.photo()).bytes()).isEqualTo("a car".getBytes(StandardCharsets.UTF_8));
        assertThat(pool.danglingReferences()).isEmpty();
        pool.sweep();
        assertThat(pool.file(thing("right", "car").photo()).bytes()).hasSize(5);
    }

    @Test
    void a_collection_is_moved_with_all_the_rest_of_its_change() {
        Korm.tx(owners("left").relocation().to("right").asChange(), car.set(Thing::price, 3))
                .persist();
        assertThat(names("left")).isEmpty();
        assertThat(names("right")).containsExactly("fred", "wilma");
        assertThat(layers(thing("left", "car"))).containsExactly("right", "right", "right");
        assertThat(thing("left", "car").price()).isEqualTo(3);
        assertThat(pool.danglingReferences()).isEmpty();
    }

    @Test
    void deleted_items_of_a_collection_go_along_and_stay_deleted() {
        Item<Note> kept =
                notes("left").fromData(new Note(Unique.of("kept"), fred.rn())).create();
        Item<Note> gone =
                notes("left").fromData(new Note(Unique.of("gone"), fred.rn())).create();
        gone.delete();
        Korm.tx(notes("left").relocation().to("right").asChange(), fred.moveTo("right"))
                .persist();
        assertThat(notes("left").query().includeDeleted().count()).isZero();
        assertThat(notes("right").query().count()).isEqualTo(1);
        Item<Note> marked = notes("right").query().includeDeleted().get().stream()
                .filter(item -> item.deletedAt().isPresent())
                .findFirst()
                .orElseThrow();
        assertThat(marked.rn().id()).isEqualTo(gone.rn().id());
        // Its title is free, and its references name the new place when it is back.
        notes("right").fromData(new Note(Unique.of("gone"), null)).create().delete();
        Korm.tx(marked.restoration()).persist();
        Note back = notes("right").find(gone.rn()).orElseThrow().data();
        assertThat(back.author().layer().orElse("right")).isEqualTo("right");
        assertThat(notes("right").find(kept.rn())).isPresent();
        assertThat(pool.danglingReferences()).isEmpty();
    }

    @Test
    void an_item_whose_deletion_would_keep_it_leaves_no_row_behind() {
        Item<Note> note =
                notes("left").fromData(new Note(Unique.of("note"), null)).create();
        Item<Note> there = note.moveTo("right").commit();
        assertThat(notes("left").query().includeDeleted().count()).isZero();
        there.delete();
        assertThat(notes("right").query().count()).isZero();
        assertThat(notes("right").query().includeDeleted().count()).isEqualTo(1);
        assertThatThrownBy(() -> notes("right")
                        .query()
                        .includeDeleted()
                        .first()
                        .orElseThrow()
                        .moveTo("left"))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("Restore it first");
    }

    @Test
    void who_refers_to_what_is_moved_is_not_changed_along_by_what_cannot_name_the_new_place() {
        Item<Note> note =
                notes("left").fromData(new Note(Unique.of("note"), fred.rn())).create();
        note.delete();
        Item<Note> marked = notes("left").query().includeDeleted().first().orElseThrow();
        Item<Priced> priced = new Collection<>(Priced.class, "left", "thing")
                .query()
                .where(eq("rnId", car.rn().id().orElseThrow()))
                .first()
                .orElseThrow();
        for (Change<?> change : List.of(marked.restoration(), priced.set(Priced::price, 9))) {
            assertThatThrownBy(() -> Korm.tx(fred.moveTo("right"), change).persist())
                    .isInstanceOf(QueryException.class)
                    .hasMessageContaining("in a transaction of its own");
            assertNothingMoved();
        }
        fred.moveTo("right").commit();
        Korm.tx(notes("left").query().includeDeleted().first().orElseThrow().restoration())
                .persist();
        priced.reload().set(Priced::price, 9).commit();
        assertThat(thing("left", "car").price()).isEqualTo(9);
        assertFredMoved();
    }

    @Test
    void what_was_changed_meanwhile_is_not_moved() {
        fred.set(Owner::things, 5).commit();
        assertThatThrownBy(() -> fred.moveTo("right").commit()).isInstanceOf(ConflictException.class);
        assertNothingMoved();
        Item<Owner> other = fred.reload();
        other.delete();
        assertThatThrownBy(() -> other.moveTo("right").commit()).isInstanceOf(NotFoundException.class);
    }

    @Test
    void an_id_and_a_unique_value_that_are_taken_there_refuse_it() {
        Item<Owner> there = owners("right").fromData(owner("fred", null)).create();
        assertThatThrownBy(() -> fred.moveTo("right").commit()).isInstanceOf(DuplicateException.class);
        there.delete();
        FloatingItem<Owner> barney = owners("right").fromData(owner("barney", null));
        barney.withRn(barney.rn().collection().item(fred.rn().id().orElseThrow()))
                .create();
        assertThatThrownBy(() -> fred.moveTo("right").commit())
                .isInstanceOf(AlreadyExistsException.class)
                .hasMessageContaining("Nothing was written");
        assertThat(names("left")).containsExactly("fred", "wilma");
    }

    @Test
    void a_layer_that_is_not_another_one_is_refused() {
        assertThatThrownBy(() -> fred.moveTo("left")).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> fred.moveTo("elsewhere")).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> owners("left").relocation().asChange()).isInstanceOf(ConfigurationException.class);
    }

    @Test
    void a_pool_without_a_journal_refuses_it_and_says_how_to_add_one() {
        pool.close();
        pool = builder().open();
        Item<Owner> same = owners("left").find(fred.rn()).orElseThrow();
        assertThatThrownBy(() -> same.moveTo("right").commit())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(".withWal(Wal.at(Path.of(\"journal\")))");
        assertNothingMoved();
    }

    @Test
    void more_than_a_change_holds_is_refused_with_the_way_out() {
        for (int i = 0; i < 5; i++) {
            owners("left").fromData(owner("owner " + i, null)).create();
        }
        pool.close();
        pool = builder().withWal(journal).largestChange(4).open();
        assertThatThrownBy(() -> Korm.tx(owners("left").relocation().to("right").asChange())
                        .persist())
                .isInstanceOf(ChangeTooLargeException.class)
                .hasMessageContaining("move()");
        assertThat(names("left")).hasSize(7);
        assertThat(names("right")).isEmpty();
        assertThat(owners("left").relocation().to("right").move().items()).isEqualTo(7);
        assertThat(names("right")).hasSize(7);
    }

    @Test
    void those_who_refer_count_among_what_a_change_holds() {
        for (int i = 0; i < 5; i++) {
            things("left")
                    .fromData(new Thing("thing " + i, fred.rn(), List.of(), i, null))
                    .create();
        }
        pool.close();
        pool = builder().withWal(journal).largestChange(4).open();
        Item<Owner> same = owners("left").find(fred.rn()).orElseThrow();
        assertThatThrownBy(() -> same.moveTo("right").commit()).isInstanceOf(ChangeTooLargeException.class);
        assertThat(names("right")).isEmpty();
    }

    @Test
    void a_deletion_takes_along_who_refers_to_something_that_is_moved() {
        Item<Owner> barney = owners("left").fromData(owner("barney", null)).create();
        things("left")
                .fromData(new Thing("dog", barney.rn(), List.of(fred.rn()), 1, null))
                .create();
        Korm.tx(fred.moveTo("right"), barney.deletion()).persist();
        assertThat(things("left").query().where(eq("name", "dog")).count()).isZero();
        assertFredMoved();
    }

    @Test
    void what_is_moved_and_would_be_deleted_along_is_refused() {
        assertThatThrownBy(() -> Korm.tx(car.moveTo("right"), fred.deletion()).persist())
                .isInstanceOf(ReferencedException.class);
        assertNothingMoved();
    }

    @Test
    void a_transaction_sees_its_moves_and_stores_them_at_its_end() {
        pool.runTransaction(tx -> {
            Item<Owner> own =
                    tx.item(Owner.class).fromRn(fred.rn().from("left")).get();
            Item<Owner> there = own.moveTo("right").commit();
            assertThat(there.rn().layer()).contains("right");
            assertThat(tx.item(Owner.class).fromQuery("right", "world", "owner").count())
                    .isEqualTo(1);
            assertThat(tx.item(Owner.class).fromQuery("left", "world", "owner").count())
                    .isEqualTo(1);
            assertThat(tx.item(Thing.class)
                            .fromQuery("left", "world", "thing")
                            .where(eq("owner.name", "fred"))
                            .count())
                    .isEqualTo(1);
            there.set(Owner::things, 8).commit();
            assertThat(names("right")).isEmpty();
        });
        assertFredMoved();
        assertThat(owners("right").find(fred.rn()).orElseThrow().data().things())
                .isEqualTo(8);
    }

    @Test
    void a_transaction_moves_what_was_read_outside_of_it_and_collections() {
        pool.runTransaction(tx -> {
            tx.item(Thing.class)
                    .fromRn(car.rn().from("left"))
                    .get()
                    .set(Thing::price, 4)
                    .commit();
            tx.move(fred.moveTo("right"));
            tx.move(notes("left").relocation().to("right").asChange());
        });
        assertThat(thing("left", "car").price()).isEqualTo(4);
        assertFredMoved();
        pool.runTransaction(
                tx -> tx.move(owners("left").relocation().to("right").asChange()));
        assertThat(names("right")).containsExactly("fred", "wilma");
        assertThat(layers(thing("left", "car"))).containsExactly("right", "right", "right");
    }

    @Test
    void a_transaction_that_fails_has_moved_nothing() {
        assertThatThrownBy(() -> pool.runTransaction(tx -> {
                    tx.move(fred.moveTo("right"));
                    throw new IllegalStateException("because the test says so");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertNothingMoved();
        assertThatThrownBy(() -> pool.runTransaction(tx -> {
                    Item<Owner> own =
                            tx.item(Owner.class).fromRn(fred.rn().from("left")).get();
                    own.set(Owner::things, 4).commit().moveTo("right").commit();
                }))
                .isInstanceOf(QueryException.class)
                .hasMessageContaining("Move it first");
        assertNothingMoved();
        assertThatThrownBy(() -> pool.runTransaction(tx -> {
                    tx.move(fred.moveTo("right"));
                    tx.create(things("left").fromData(new Thing("late", fred.rn(), List.of(), 1, null)));
                }))
                .isInstanceOf(QueryException.class)
                .hasMessageContaining("the move returned");
        assertNothingMoved();
        assertThatThrownBy(() -> pool.runTransaction(tx -> {
                    PoolTransaction.Savepoint savepoint = tx.savepoint();
                    tx.move(fred.moveTo("right"));
                    assertThatThrownBy(savepoint::rollback)
                            .isInstanceOf(QueryException.class)
                            .hasMessageContaining("savepoint");
                }))
                .as("a part of what was to be taken back is not stored")
                .isInstanceOf(QueryException.class)
                .hasMessageContaining("nothing of the transaction is stored");
        assertNothingMoved();
    }

    @Test
    void a_move_is_in_the_history_and_can_be_undone() {
        Item<Owner> moved = fred.moveTo("right").commit();
        String transaction =
                pool.history(moved.rn()).newest(1).get(0).transaction().orElseThrow();
        assertThat(pool.history(fred.rn().from("left")).newest(1).get(0).operation())
                .isEqualTo(Operation.DELETED);
        pool.history().undo(transaction);
        assertNothingMoved();
        assertThat(owners("left").find(fred.rn()).orElseThrow().data()).isEqualTo(fred.data());
    }

    /** The point at which a program is killed. */
    public enum Step {
        PREPARE_LEFT,
        PREPARE_RIGHT,
        APPEND,
        COMMIT_LEFT,
        COMMIT_RIGHT
    }

    @ParameterizedTest
    @EnumSource
    void a_program_that_is_killed_has_moved_all_or_nothing(Step step) {
        left.reset();
        right.reset();
        OutOfMemoryError killed = new OutOfMemoryError("because the test says so");
        switch (step) {
            case PREPARE_LEFT -> left.failWith(Call.PREPARE, 1, killed);
            case PREPARE_RIGHT -> right.failWith(Call.PREPARE, 1, killed);
            case APPEND -> journal.failAppend(1, MemoryJournal.Kept.ALL);
            case COMMIT_LEFT -> left.failWith(Call.COMMIT, 1, killed);
            case COMMIT_RIGHT -> right.failWith(Call.COMMIT, 1, killed);
        }
        assertThatThrownBy(() -> fred.moveTo("right").commit()).isInstanceOf(Throwable.class);
        if (reopen().finished() == 0) {
            assertNothingMoved();
        } else {
            assertThat(step).isIn(Step.COMMIT_LEFT, Step.COMMIT_RIGHT);
            assertFredMoved();
        }
        assertThat(reopen().found()).isZero();
    }

    @Test
    void what_others_store_in_a_collection_meanwhile_goes_along() {
        int[] attempts = new int[1];
        pool.runTransaction(tx -> {
            tx.move(owners("left").relocation().to("right").asChange());
            if (attempts[0]++ == 0) {
                owners("left").fromData(owner("late", null)).create();
            }
        });
        assertThat(attempts[0]).isEqualTo(2);
        assertThat(names("left")).isEmpty();
        assertThat(names("right")).containsExactly("fred", "late", "wilma");
        attempts[0] = 0;
        pool.runTransaction(tx -> {
            tx.move(things("left").relocation().to("right").asChange());
            if (attempts[0]++ == 0) {
                car.reload().set(Thing::price, 77).commit();
            }
        });
        assertThat(attempts[0]).isEqualTo(2);
        assertThat(thing("right", "car").price()).isEqualTo(77);
    }
}
