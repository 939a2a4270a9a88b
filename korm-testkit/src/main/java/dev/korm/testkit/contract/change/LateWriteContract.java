package dev.korm.testkit.contract.change;

import static dev.korm.Assignment.set;
import static dev.korm.Filter.eq;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Change;
import dev.korm.DeletePolicy;
import dev.korm.DeletedItem;
import dev.korm.Encrypted;
import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.OnDelete;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.UniqueTogether;
import dev.korm.deletion.SoftDelete;
import dev.korm.key.KeyRing;
import dev.korm.lock.Lock;
import dev.korm.lock.LockLostException;
import dev.korm.lock.LockName;
import dev.korm.relocate.Relocation;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Fence;
import dev.korm.spi.Layer;
import dev.korm.spi.LayerSource;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.environment.Environment;
import dev.korm.testkit.contract.secret.SecretsWorld;
import dev.korm.testkit.fault.FaultyLayer;
import dev.korm.testkit.memory.MemoryJournal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every kind of work that writes items, by a program that was stopped for longer than its lease: nothing of it reaches an item that another program has locked since, and all of it is
 * done once the locks are closed. All pools keep a history.
 */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class LateWriteContract {
    private static final String NEAR = "near";
    private static final String FAR = "far";
    /** A thing with a secret. */
    @Stored(namespace = "late", kind = "thing")
    public record Thing(String name, int count, @Nullable Encrypted<String> secret) {}

    /** A part that goes with its thing, and may know of another. */
    @Stored(namespace = "late", kind = "part")
    public record Part(
            int count,
            @OnDelete(DeletePolicy.CASCADE) @Nullable Rn<Thing> of,
            @OnDelete(DeletePolicy.SET_NULL) @Nullable Rn<Thing> beside) {}

    /** A note, kept when it is deleted. */
    @SoftDelete
    @Stored(namespace = "late", kind = "note")
    public record Note(String text) {}

    /** A login, unique with its tenant. */
    @UniqueTogether({"tenant", "name"})
    @Stored(namespace = "late", kind = "login")
    public record Login(String tenant, String name) {}

    private FaultyLayer near;
    private FaultyLayer far;
    private Pool paused;
    private Pool other;

    /** Returns a layer on a store; the same name is the same store, and each test begins with empty ones. */
    protected abstract LayerSource store(String name);

    @BeforeEach
    void openPools() {
        near = FaultyLayer.around(store(NEAR));
        far = FaultyLayer.around(store(FAR));
        other = journaled(SecretsWorld.keys("k1", "k2")).open();
        paused = journaled(SecretsWorld.keys("k2", "k1")).open();
    }

    private PoolBuilder pool(KeyRing keys) {
        return Korm.pool()
                .layer(NEAR, near)
                .layer(FAR, far)
                .defaultLayer(NEAR)
                .withHistory()
                .keys(keys)
                .withLocks(NEAR);
    }

    private PoolBuilder journaled(KeyRing keys) {
        return pool(keys).withWal(MemoryJournal.create());
    }

    @AfterEach
    void closePools() {
        paused.close();
        other.close();
        assertThat(near.leaks() + far.leaks()).isZero();
    }

    /** Creates an item as the program that is not stopped. */
    private <T> Item<T> created(String layer, T data) {
        return items(other, data)
                .fromData(layer, "late", kind(data.getClass()), data)
                .create();
    }

    private <T> FloatingItem<T> floating(String layer, T data) {
        return items(paused, data).fromData(layer, "late", kind(data.getClass()), data);
    }

    @SuppressWarnings("unchecked")
    private static <T> Items<T> items(Pool pool, T data) {
        return Korm.item((Class<T>) data.getClass(), pool);
    }

    private static String kind(Class<?> type) {
        return type.getAnnotation(Stored.class).kind();
    }

    private static Thing thing(String name) {
        return new Thing(name, 0, Encrypted.of("secret of " + name));
    }

    /** Returns an item as the stopped program has read it. */
    private <T> Item<T> read(Item<T> item) {
        return items(paused, item.data()).fromRn(item.rn()).get();
    }

    /** Returns all that a layer has of a type, also what is deleted and kept. */
    private List<String> rows(String layer, Class<?> type) {
        List<String> rows = new ArrayList<>();
        Korm.item(type, other)
                .fromQuery(layer, "late", kind(type))
                .includeDeleted()
                .get()
                .forEach(item -> rows.add(item.rn() + " " + item.revision() + " " + item.data() + item.deletedAt()));
        return rows;
    }

    /**
     * Has the stopped program do something that writes under a lock that somebody else has acquired since.
     *
     * @param seen what must not change by it, and changes when the locks are closed
     */
    private void late(Rn<?> locked, Callable<?> write, Callable<?> seen) throws Exception {
        Lock lost = paused.locks().acquire(locked);
        expire(lost, lost.name());
        Lock theirs = other.locks().acquire(locked);
        Object before = seen.call();
        assertThat(lost.isHeld()).as("it knows nothing of it").isTrue();
        assertThatThrownBy(write::call).as("by the store").isInstanceOf(LockLostException.class);
        assertThat(lost.isHeld()).isFalse();
        assertThatThrownBy(write::call).as("by the pool").isInstanceOf(LockLostException.class);
        assertThat(seen.call()).isEqualTo(before);
        theirs.close();
        lost.close();
        write.call();
        assertThat(seen.call()).as("without the lock it is written").isNotEqualTo(before);
    }

    /** Ends the lease of a lock, as if its time were over in the store, before its holder renews it. */
    private void expire(Lock lock, String id) {
        try (Layer layer = near.open(NEAR, Environment.system())) {
            assertThat(layer.apply(Batch.of(List.of(new Mutation.Update(
                            Fence.TABLE,
                            id,
                            OptionalLong.of(lock.token()),
                            List.of(Fence.SCHEMA.column("expires_at").orElseThrow()),
                            Row.of(0L))))))
                    .isInstanceOf(BatchResult.Applied.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {NEAR, FAR})
    void one_item(String layer) throws Exception {
        FloatingItem<Thing> added = floating(layer, thing("new"));
        late(added.rn(), added::create, () -> rows(layer, Thing.class));
        FloatingItem<Thing> another = floating(layer, thing("another"));
        late(
                another.rn(),
                () -> Korm.createAll(List.of(floating(layer, thing("one more")), another)),
                () -> rows(layer, Thing.class));
        Item<Thing> item = read(created(layer, thing("one")));
        late(item.rn(), () -> item.set(Thing::count, 1).commit(), () -> rows(layer, Thing.class));
        Item<Thing> now = item.reload();
        late(now.rn(), now::delete, () -> rows(layer, Thing.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {NEAR, FAR})
    void an_item_that_is_deleted_and_comes_back(String layer) throws Exception {
        DeletedItem<Thing> gone = read(created(layer, thing("one"))).delete();
        late(gone.rn(), gone::restore, () -> rows(layer, Thing.class));
        Item<Note> note = read(created(layer, new Note("kept")));
        late(note.rn(), note::delete, () -> rows(layer, Note.class));
        late(note.rn(), () -> Korm.item(Note.class, paused).restore(note.rn()), () -> rows(layer, Note.class));
        note.reload().delete();
        late(note.rn(), () -> paused.purgeDeleted(Duration.ZERO).run(), () -> rows(layer, Note.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {NEAR, FAR})
    void all_items_of_a_query(String layer) throws Exception {
        Item<Thing> item = read(created(layer, thing("one")));
        created(layer, thing("one"));
        late(
                item.rn(),
                () -> items(paused, item.data())
                        .fromQuery(layer, "late", "thing")
                        .where(eq("name", "one"))
                        .updateAll(set("count", 7)),
                () -> rows(layer, Thing.class));
        late(
                item.rn(),
                () -> items(paused, item.data())
                        .fromQuery(layer, "late", "thing")
                        .where(eq("name", "one"))
                        .deleteAll(),
                () -> rows(layer, Thing.class));
        Item<Note> note = read(created(layer, new Note("kept")));
        late(
                note.rn(),
                () -> items(paused, note.data())
                        .fromQuery(layer, "late", "note")
                        .where(eq("text", "kept"))
                        .deleteAll(),
                () -> rows(layer, Note.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {NEAR, FAR})
    void items_that_are_changed_row_by_row(String layer) throws Exception {
        Item<Login> login = read(created(layer, new Login("first", "fred")));
        created(layer, new Login("second", "fred"));
        late(
                login.rn(),
                () -> items(paused, login.data())
                        .fromQuery(layer, "late", "login")
                        .where(eq("name", "fred"))
                        .updateAll(set("name", "Fred Flintstone")),
                () -> rows(layer, Login.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {NEAR, FAR})
    void what_goes_along_with_a_deletion(String layer) throws Exception {
        Item<Thing> item = read(created(NEAR, thing("one")));
        Item<Thing> beside = read(created(NEAR, thing("beside")));
        Rn<Part> part = created(layer, new Part(0, item.rn(), beside.rn())).rn();
        late(part, beside::delete, () -> rows(layer, Part.class));
        late(part, item::delete, () -> rows(layer, Part.class));
        Item<Thing> many = read(created(NEAR, thing("many")));
        Rn<Part> ofMany = created(layer, new Part(0, many.rn(), null)).rn();
        late(
                ofMany,
                () -> items(paused, many.data())
                        .fromQuery(NEAR, "late", "thing")
                        .where(eq("name", "many"))
                        .deleteAll(),
                () -> rows(layer, Part.class));
    }

    @Test
    void what_goes_along_in_another_layer_where_no_change_is_of_both() throws Exception {
        Item<Thing> item = created(NEAR, thing("one"));
        Rn<Part> part = created(FAR, new Part(0, item.rn(), null)).rn();
        paused.close();
        paused = pool(SecretsWorld.keys("k1")).open();
        late(part, () -> read(item).delete(), () -> rows(FAR, Part.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {NEAR, FAR})
    void a_transaction(String layer) throws Exception {
        Item<Thing> item = read(created(layer, thing("one")));
        Item<Thing> near1 = read(created(NEAR, thing("near")));
        Item<Thing> far1 = read(created(FAR, thing("far")));
        late(
                item.rn(),
                () -> Korm.tx(
                                near1.reload().set(Thing::count, 1),
                                far1.reload().set(Thing::count, 1),
                                item.reload().set(Thing::count, 1))
                        .persist(),
                () -> List.of(rows(NEAR, Thing.class), rows(FAR, Thing.class)));
        late(
                item.rn(),
                () -> paused.transaction(tx -> {
                    Item<Thing> read = tx.item(Thing.class).fromRn(item.rn()).get();
                    tx.item(Thing.class)
                            .fromRn(near1.rn())
                            .get()
                            .set(Thing::count, 5)
                            .commit();
                    return read.set(Thing::count, 5).commit();
                }),
                () -> List.of(rows(NEAR, Thing.class), rows(FAR, Thing.class)));
        String change = paused.history(item.rn()).newest(1).get(0).transaction().orElseThrow();
        late(item.rn(), () -> paused.history().undo(change), () -> rows(layer, Thing.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {NEAR, FAR})
    void a_transaction_under_the_lock_of_a_name(String layer) throws Exception {
        Item<Thing> item = read(created(layer, thing("one")));
        Item<Thing> elsewhere = read(created(layer.equals(NEAR) ? FAR : NEAR, thing("elsewhere")));
        LockName job = LockName.of("job").guarding(layer);
        for (int layers : new int[] {1, 2}) {
            Lock lost = paused.locks().acquire(job);
            expire(lost, "[lock]:job");
            Lock theirs = other.locks().acquire(job);
            Change<?>[] changes = {item.set(Thing::count, 1), elsewhere.set(Thing::count, 1)};
            assertThatThrownBy(() -> Korm.tx(Arrays.copyOf(changes, layers))
                            .fencedBy(lost)
                            .persist())
                    .isInstanceOf(LockLostException.class);
            assertThat(item.reload().data().count()).isZero();
            assertThat(elsewhere.reload().data().count()).isZero();
            theirs.close();
            lost.close();
        }
    }

    @Test
    void a_move_within_a_change() throws Exception {
        Item<Thing> item = read(created(NEAR, thing("one")));
        Item<Thing> free = read(created(FAR, thing("free")));
        Rn<Part> part = created(FAR, new Part(0, item.rn(), null)).rn();
        Callable<?> all = () -> List.of(rows(NEAR, Thing.class), rows(FAR, Thing.class), rows(FAR, Part.class));
        late(item.rn(), () -> item.moveTo(FAR).commit(), all);
        late(item.rn().from(NEAR), () -> read(there(FAR, item)).moveTo(NEAR).commit(), all);
        late(part, () -> item.reload().moveTo(FAR).commit(), all);
        late(
                item.rn().from(FAR),
                () -> Korm.tx(read(there(FAR, item)).moveTo(NEAR), free.reload().set(Thing::count, 3))
                        .persist(),
                all);
    }

    private Item<Thing> there(String layer, Item<Thing> item) {
        return Korm.item(Thing.class, other).fromRn(item.rn().from(layer)).get();
    }

    @Test
    void a_collection_that_is_moved_within_a_change() throws Exception {
        Item<Thing> item = read(created(NEAR, thing("one")));
        created(NEAR, thing("two"));
        Item<Thing> free = read(created(FAR, thing("free")));
        Rn<Part> part = created(FAR, new Part(0, item.rn(), null)).rn();
        Callable<?> all = () -> List.of(rows(NEAR, Thing.class), rows(FAR, Thing.class), rows(FAR, Part.class));
        late(
                item.rn(),
                () -> Korm.tx(things(NEAR).to(FAR).asChange(), free.reload().set(Thing::count, 1))
                        .persist(),
                all);
        late(
                part,
                () -> paused.transaction(tx -> {
                    tx.move(things(FAR).to(NEAR).asChange());
                    return true;
                }),
                all);
    }

    private Relocation<Thing> things(String layer) {
        return Korm.collection(Thing.class, paused).from(layer, "late", "thing");
    }

    @Test
    void a_relocation() throws Exception {
        Item<Thing> item = read(created(NEAR, thing("one")));
        created(NEAR, thing("two"));
        Rn<Part> part = created(FAR, new Part(0, item.rn(), null)).rn();
        // What is moved, what it becomes there, and what names it.
        late(item.rn().from(FAR), () -> things(NEAR).to(FAR).move(), () -> rows(FAR, Thing.class));
        late(item.rn().from(FAR), () -> things(FAR).to(NEAR).move(), () -> rows(FAR, Thing.class));
        late(part, () -> things(NEAR).to(FAR).move(), () -> rows(FAR, Part.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {NEAR, FAR})
    void a_rotation(String layer) throws Exception {
        Item<Thing> item = created(layer, thing("one"));
        late(item.rn(), () -> paused.keys().rotation().run(), () -> paused.keys()
                .report()
                .keyIds());
        assertThat(paused.keys().report().keyIds()).containsExactly("k2");
    }
}
