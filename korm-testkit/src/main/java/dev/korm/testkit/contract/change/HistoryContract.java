package dev.korm.testkit.contract.change;

import static dev.korm.Filter.eq;
import static dev.korm.Filter.everything;
import static dev.korm.Filter.gt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.korm.Aggregate;
import dev.korm.Assignment;
import dev.korm.ConflictException;
import dev.korm.DeletePolicy;
import dev.korm.Document;
import dev.korm.Encrypted;
import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.OnDelete;
import dev.korm.Order;
import dev.korm.Page;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.Query;
import dev.korm.Rn;
import dev.korm.StoreException;
import dev.korm.StoreException.Outcome;
import dev.korm.StoreReadOnlyException;
import dev.korm.Unique;
import dev.korm.ValueException;
import dev.korm.history.HistoryException;
import dev.korm.history.Operation;
import dev.korm.history.PurgeProgress;
import dev.korm.history.UndoRefusedException;
import dev.korm.history.Undone;
import dev.korm.history.Version;
import dev.korm.history.Versions;
import dev.korm.key.KeyInUseException;
import dev.korm.key.KeyRing;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.Seed;
import dev.korm.testkit.fault.FaultyLayer;
import dev.korm.testkit.fault.FaultyLayer.Call;
import dev.korm.testkit.fault.FaultyLayer.Moment;
import dev.korm.testkit.fault.VirtualEnvironment;
import dev.korm.testkit.memory.MemoryJournal;
import dev.korm.testkit.memory.MemoryLayer;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The versions of items: written with every change, listed, undone, purged. Every layer passes it. */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class HistoryContract {
    /** An owner of cars. */
    public record Owner(Unique<String> name, int cars) {}

    /** A car, with columns of many kinds. */
    public record Car(
            String make,
            int year,
            @Nullable BigDecimal price,
            double weight,
            boolean sold,
            List<String> extras,
            @OnDelete(DeletePolicy.CASCADE) @Nullable Rn<Owner> owner,
            @Nullable Encrypted<String> plate) {}

    private final MemoryJournal journal = MemoryJournal.create();
    private final LayerSource second = MemoryLayer.create();
    private final VirtualEnvironment world = VirtualEnvironment.seeded(7).withThreads();
    private FaultyLayer layer;
    private Pool pool;
    private Items<Car> cars;
    private Items<Owner> owners;

    /** Returns the layer; each test begins with an empty one, and opens it several times. */
    protected abstract LayerSource source();

    /** Returns whether the layer takes part in changes of several. */
    protected boolean takesPart() {
        return true;
    }

    @BeforeEach
    void openPool() {
        world.setVariable(KeyRing.KEY_VARIABLE, "0123456789abcdef".repeat(4));
        layer = FaultyLayer.around(source());
        open(builder().withHistory());
    }

    private PoolBuilder builder() {
        return Korm.pool()
                .layer("main", layer)
                .layer("second", second)
                .defaultLayer("main")
                .withWal(journal)
                .environment(world);
    }

    private void open(PoolBuilder builder) {
        pool = builder.open();
        cars = Korm.item(Car.class, pool);
        owners = Korm.item(Owner.class, pool);
    }

    private void reopen(PoolBuilder builder) {
        pool.close();
        open(builder);
    }

    @AfterEach
    void closePool() {
        layer.heal();
        pool.close();
        assertThat(layer.leaks()).isZero();
    }

    private static Car car(String make, int year) {
        return new Car(
                make, year, new BigDecimal("12.50"), 1.5, false, List.of("radio"), null, Encrypted.of("plate " + make));
    }

    private Item<Car> create(String make, int year) {
        tick();
        return cars.fromData("cars", "car", car(make, year)).create();
    }

    private void tick() {
        world.advance(Duration.ofSeconds(1));
    }

    private static List<Operation> operations(Versions<?> versions) {
        return versions.stream().<Operation>map(Version::operation).toList();
    }

    private static String transaction(Versions<?> versions) {
        return versions.newest(1).get(0).transaction().orElseThrow();
    }

    @Test
    void each_change_of_an_item_is_a_version() {
        Item<Car> made = create("Citroen", 2014);
        Instant created = world.clock().instant();
        tick();
        Item<Car> changed = made.set(Car::year, 2015).set(Car::price, null).commit();
        tick();
        changed.delete();

        List<Version<Car>> versions = cars.history(made.rn()).newest(10);
        assertThat(versions)
                .extracting(Version::operation)
                .containsExactly(Operation.DELETED, Operation.CHANGED, Operation.CREATED);
        assertThat(versions)
                .extracting(Version::revision)
                .containsExactly(changed.revision(), changed.revision(), made.revision());
        assertThat(versions.get(0).data()).isEmpty();
        assertThat(versions.get(1).data()).contains(changed.data());
        assertThat(versions.get(2).data()).contains(made.data());
        assertThat(versions.get(2).data().orElseThrow().plate().reveal()).isEqualTo("plate Citroen");
        assertThat(versions.get(2).time()).isEqualTo(created);
        assertThat(versions.get(0).time()).isEqualTo(world.clock().instant());
        assertThat(versions)
                .extracting(version -> version.transaction().orElseThrow())
                .doesNotHaveDuplicates();
        assertThat(versions.get(1).document().orElseThrow().text("make")).isEqualTo("Citroen");
        assertThat(pool.history(made.rn()).newest(1).get(0).operation()).isEqualTo(Operation.DELETED);
    }

    @Test
    void versions_come_in_pages_and_as_a_stream() {
        Item<Car> item = create("Citroen", 0);
        for (int i = 1; i <= 120; i++) {
            item = item.set(Car::year, i).commit();
        }
        Versions<Car> versions = cars.history(item.rn());
        assertThat(versions.stream().map(version -> version.data().orElseThrow().year()))
                .hasSize(121)
                .startsWith(120, 119)
                .endsWith(1, 0);
        List<Version<Car>> page = versions.newest(7);
        assertThat(versions.before(page.get(6))
                        .newest(1)
                        .get(0)
                        .data()
                        .orElseThrow()
                        .year())
                .isEqualTo(113);
    }

    @Test
    void what_is_refused_is_no_version() {
        Item<Car> item = create("Citroen", 2014);
        item.set(Car::year, 2015).commit();
        assertThatThrownBy(() -> item.set(Car::year, 2016).commit()).isInstanceOf(ConflictException.class);
        assertThat(operations(cars.history(item.rn()))).containsExactly(Operation.CHANGED, Operation.CREATED);
    }

    @Test
    void changes_of_what_a_filter_finds_are_versions_of_each_item() {
        Item<Car> one = create("Citroen", 2014);
        Item<Car> other = create("Fiat", 2014);
        Item<Car> third = create("Opel", 1990);
        long changed = cars.fromQuery("cars", "car").where(gt(Car::year, 2000)).updateAll(Assignment.set("sold", true));
        assertThat(changed).isEqualTo(2);
        assertThat(operations(cars.history(one.rn()))).containsExactly(Operation.CHANGED, Operation.CREATED);
        assertThat(operations(cars.history(third.rn()))).containsExactly(Operation.CREATED);
        assertThat(transaction(cars.history(one.rn()))).isEqualTo(transaction(cars.history(other.rn())));
        assertThat(cars.history(one.rn()).newest(1).get(0).data())
                .contains(one.reload().data());

        assertThat(cars.fromQuery("cars", "car").where(eq("sold", true)).deleteAll())
                .isEqualTo(2);
        assertThat(operations(cars.history(other.rn())))
                .containsExactly(Operation.DELETED, Operation.CHANGED, Operation.CREATED);
        pool.history().undo(transaction(cars.history(other.rn())));
        assertThat(cars.fromQuery("cars", "car").count()).isEqualTo(3);
    }

    @Test
    void what_goes_along_with_a_deletion_is_of_its_transaction() {
        Item<Owner> fred = owners.fromData("people", "owner", new Owner(Unique.of("fred"), 1))
                .create();
        Item<Car> car = create("Citroen", 2014).set(Car::owner, fred.rn()).commit();
        fred.delete();
        assertThat(operations(cars.history(car.rn())))
                .containsExactly(Operation.DELETED, Operation.CHANGED, Operation.CREATED);
        String deletion = transaction(owners.history(fred.rn()));
        assertThat(transaction(cars.history(car.rn()))).isEqualTo(deletion);

        Undone undone = pool.history().undo(deletion);
        assertThat(undone.items()).hasSize(2);
        assertThat(cars.fromRn(car.rn()).get().data()).isEqualTo(car.data());
        assertThat(owners.fromRn(fred.rn()).get().data()).isEqualTo(fred.data());
    }

    @Test
    void a_version_names_who_made_it_and_why() {
        Item<Car> car = create("Citroen", 2014);
        pool.history().by("wilma").because("wrong year").run(() -> car.set(Car::year, 2015)
                .commit());
        Version<Car> version = cars.history(car.rn()).newest(1).get(0);
        assertThat(version.actor()).contains("wilma");
        assertThat(version.reason()).contains("wrong year");
        assertThat(version.process()).contains(world.process().id());

        Korm.tx(car.reload().set(Car::year, 2016)).by("fred").because("audit").persist();
        version = cars.history(car.rn()).newest(1).get(0);
        assertThat(version.actor()).contains("fred");
        assertThat(version.reason()).contains("audit");
        car.reload().set(Car::year, 2017).commit();
        assertThat(cars.history(car.rn()).newest(1).get(0).actor()).isEmpty();
    }

    @Test
    void a_change_of_several_layers_is_one_transaction_and_undone_as_one() {
        assumeTrue(takesPart());
        Item<Car> car = create("Citroen", 2014);
        FloatingItem<Owner> floating = owners.fromData("second", "people", "owner", new Owner(Unique.of("fred"), 1));
        Korm.tx(car.set(Car::sold, true), floating).persist();
        Rn<Owner> fred = floating.rn();
        String transaction = transaction(cars.history(car.rn()));
        assertThat(transaction(owners.history(fred))).isEqualTo(transaction);
        assertThat(pool.history().transaction(transaction)).hasSize(2);

        Undone undone = pool.history().undo(transaction);
        assertThat(cars.fromRn(car.rn()).get().data().sold()).isFalse();
        assertThat(owners.fromRn(fred).find()).isEmpty();
        assertThat(transaction(owners.history(fred))).isEqualTo(undone.transaction());

        pool.history().undo(undone.transaction());
        assertThat(cars.fromRn(car.rn()).get().data().sold()).isTrue();
        assertThat(owners.fromRn(fred).get().data().name().value()).isEqualTo("fred");
    }

    @Test
    void an_item_that_is_older_than_the_history_is_found_with_its_next_change() {
        reopen(builder());
        Item<Car> old = create("Citroen", 2014);
        reopen(builder().withHistory());
        assertThat(cars.history(old.rn()).newest(5)).isEmpty();
        tick();
        cars.fromRn(old.rn()).get().set(Car::year, 2015).commit();
        List<Version<Car>> versions = cars.history(old.rn()).newest(5);
        assertThat(versions).extracting(Version::operation).containsExactly(Operation.CHANGED, Operation.FOUND);
        assertThat(versions.get(1).data()).contains(old.data());
        assertThat(versions.get(1).transaction()).isEmpty();
        assertThat(versions.get(1).time()).isBefore(versions.get(0).time());

        pool.history().undo(transaction(cars.history(old.rn())));
        assertThat(cars.fromRn(old.rn()).get().data()).isEqualTo(old.data());
    }

    @Test
    void changes_by_a_program_without_history_show_as_a_version_of_unknown_maker() {
        Item<Car> car = create("Citroen", 2014);
        reopen(builder());
        cars.fromRn(car.rn()).get().set(Car::year, 2015).commit();
        reopen(builder().withHistory());
        cars.fromRn(car.rn()).get().set(Car::year, 2016).commit();
        List<Version<Car>> versions = cars.history(car.rn()).newest(5);
        assertThat(versions)
                .extracting(Version::operation)
                .containsExactly(Operation.CHANGED, Operation.FOUND, Operation.CREATED);
        assertThat(versions.get(1).data().orElseThrow().year()).isEqualTo(2015);

        reopen(builder());
        cars.fromRn(car.rn()).get().set(Car::year, 2017).commit();
        reopen(builder().withHistory());
        cars.fromRn(car.rn()).get().delete();
        assertThat(operations(cars.history(car.rn()))).startsWith(Operation.DELETED, Operation.FOUND);
        assertThat(cars.history(car.rn()).newest(2).get(1).data().orElseThrow().year())
                .isEqualTo(2017);
    }

    @Test
    void undo_brings_back_what_was_deleted_with_a_revision_of_its_own() {
        Item<Car> car = create("Citroen", 2014);
        car.delete();
        pool.history().undo(transaction(cars.history(car.rn())));
        Item<Car> again = cars.fromRn(car.rn()).get();
        assertThat(again.data()).isEqualTo(car.data());
        assertThat(again.data().plate().reveal()).isEqualTo("plate Citroen");
        assertThat(again.revision()).isGreaterThan(car.revision() + 1);
    }

    @Test
    void undo_refuses_and_names_what_was_changed_since() {
        Item<Car> one = create("Citroen", 2014);
        Item<Car> other = create("Fiat", 2014);
        Korm.tx(one.set(Car::year, 2015), other.set(Car::year, 2015)).persist();
        String transaction = transaction(cars.history(one.rn()));
        other.reload().set(Car::year, 2016).commit();
        UndoRefusedException refused = catchThrowableOfType(
                UndoRefusedException.class, () -> pool.history().undo(transaction));
        assertThat(refused.items())
                .extracting(Rn::id)
                .containsExactly(other.rn().id());
        assertThat(one.reload().data().year()).isEqualTo(2015);
    }

    @Test
    void undo_refuses_where_the_item_was_deleted_or_created_anew_since() {
        Item<Car> car = create("Citroen", 2014);
        String creation = transaction(cars.history(car.rn()));
        Item<Car> again = car.delete().restore();
        String deletion = cars.history(car.rn()).newest(2).get(1).transaction().orElseThrow();
        assertThatThrownBy(() -> pool.history().undo(creation)).isInstanceOf(UndoRefusedException.class);
        assertThatThrownBy(() -> pool.history().undo(deletion)).isInstanceOf(UndoRefusedException.class);
        again.delete();
        assertThatThrownBy(() -> pool.history().undo(deletion)).isInstanceOf(UndoRefusedException.class);
        assertThat(cars.fromRn(car.rn()).find()).isEmpty();
    }

    @Test
    void undo_refuses_where_a_unique_value_was_taken_since() {
        Item<Owner> fred = owners.fromData("people", "owner", new Owner(Unique.of("fred"), 1))
                .create();
        fred.delete();
        owners.fromData("people", "owner", new Owner(Unique.of("fred"), 2)).create();
        String deletion = transaction(owners.history(fred.rn()));
        assertThatThrownBy(() -> pool.history().undo(deletion)).isInstanceOf(UndoRefusedException.class);
    }

    @Test
    void undo_deletes_nothing_that_came_to_refer_to_an_item_since() {
        Item<Owner> fred = owners.fromData("people", "owner", new Owner(Unique.of("fred"), 1))
                .create();
        String creation = transaction(owners.history(fred.rn()));
        Item<Car> car = create("Citroen", 2014).set(Car::owner, fred.rn()).commit();
        UndoRefusedException refused = catchThrowableOfType(
                UndoRefusedException.class, () -> pool.history().undo(creation));
        assertThat(refused.items()).extracting(Rn::id).containsExactly(car.rn().id());
        assertThat(cars.fromRn(car.rn()).find()).isPresent();
    }

    @Test
    void an_unknown_transaction_is_not_undone() {
        assertThatThrownBy(() -> pool.history().undo("nothing")).isInstanceOf(HistoryException.class);
    }

    @Test
    void data_of_a_record_that_was_other_then_is_read_as_a_document() {
        Item<Document> old = Korm.item(Document.class, pool)
                .fromData("cars", "car", Document.of(Map.of("make", "Citroen", "doors", 5)))
                .create();
        Item<Car> car = create("Fiat", 2014);
        List<Version<Document>> versions =
                Korm.item(Document.class, pool).history(old.rn()).newest(5);
        assertThat(versions.get(0).document().orElseThrow().longValue("doors")).isEqualTo(5);
        assertThat(cars.history(car.rn()).newest(1).get(0).data()).contains(car.data());
    }

    @Test
    void a_purge_keeps_what_was_in_force_and_deletes_the_rest() {
        Item<Car> kept = create("Citroen", 0);
        Item<Car> gone = create("Fiat", 0);
        for (int i = 1; i <= 5; i++) {
            tick();
            kept = kept.set(Car::year, i).commit();
        }
        gone.delete();
        tick();
        Instant moment = world.clock().instant();
        tick();
        kept = kept.set(Car::year, 6).commit();

        List<PurgeProgress> told = new ArrayList<>();
        PurgeProgress end = pool.history().before(moment).onProgress(told::add).run();
        assertThat(end.deleted()).isEqualTo(5 + 2);
        assertThat(told).last().isEqualTo(end);
        assertThat(cars.history(kept.rn()).stream()
                        .map(version -> version.data().orElseThrow().year()))
                .containsExactly(6, 5);
        assertThat(cars.history(gone.rn()).newest(5)).isEmpty();
        assertThat(pool.history().beginning("main")).isEqualTo(moment);
        assertThat(pool.history().before(moment).run().deleted()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Moment.class)
    void a_lost_answer_makes_no_version_twice_and_loses_none(Moment moment) {
        Item<Car> car = create("Citroen", 2014);
        layer.failNext(Call.APPLY, moment, Outcome.UNKNOWN);
        try {
            car.set(Car::year, 2015).commit();
        } catch (StoreException lost) {
            assertThat(lost.outcome()).isEqualTo(Outcome.UNKNOWN);
        }
        layer.heal();
        boolean stored = cars.fromRn(car.rn()).get().data().year() == 2015;
        assertThat(operations(cars.history(car.rn())))
                .isEqualTo(stored ? List.of(Operation.CHANGED, Operation.CREATED) : List.of(Operation.CREATED));
    }

    @Test
    void items_are_read_as_they_were() {
        Item<Owner> fred = owners.fromData("people", "owner", new Owner(Unique.of("fred"), 1))
                .create();
        Item<Car> car = create("Citroen", 2014).set(Car::owner, fred.rn()).commit();
        Item<Car> other = create("Fiat", 2000);
        Instant before = world.clock().instant();
        tick();
        fred.set("name", Unique.of("alfred")).commit();
        car = car.set(Car::year, 2020).commit();
        other.delete();
        create("Opel", 2030);

        Items<Car> then = cars.asOf(before);
        assertThat(then.fromRn(car.rn()).get().data().year()).isEqualTo(2014);
        assertThat(then.fromRn(other.rn()).find()).isPresent();
        assertThat(then.fromRns(List.of(car.rn(), other.rn()))).hasSize(2);
        assertThat(then.fromQuery("cars", "car").count()).isEqualTo(2);
        assertThat(then.fromQuery("cars", "car").where(gt(Car::year, 2005)).get())
                .extracting(Item::rn)
                .containsExactly(car.rn());
        assertThat(then.fromQuery("cars", "car").orderBy(Order.asc(Car::year)).get())
                .extracting(item -> item.data().make())
                .containsExactly("Fiat", "Citroen");
        assertThat(then.fromQuery("cars", "car")
                        .where(eq("owner.name", "fred"))
                        .resolvePaths("owner")
                        .get())
                .extracting(item -> item.data().owner().get().name().value())
                .containsExactly("fred");
        assertThat(then.fromQuery("cars", "car")
                        .where(eq("owner.name", "alfred"))
                        .count())
                .isZero();
        assertThat(then.fromRn(car.rn()).get().data().plate().reveal()).isEqualTo("plate Citroen");

        Items<Car> now = cars.asOf(world.clock().instant());
        assertThat(now.fromQuery("cars", "car").get())
                .extracting(item -> item.data().make())
                .containsExactlyInAnyOrder("Citroen", "Opel");
    }

    @Test
    void orders_and_groups_of_items_as_they_were_hold_so_many_in_memory() {
        reopen(builder().withHistory().largestChange(3));
        for (int i = 1; i <= 4; i++) {
            create(i % 2 == 0 ? "Fiat" : "Opel", 2000 + i);
        }
        Query<Car> then = cars.asOf(world.clock().instant()).fromQuery("cars", "car");
        Query<Car> ordered = then.orderBy(Order.asc(Car::year));
        assertThatThrownBy(ordered::get)
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining("more than 3")
                .hasMessageContaining("largestChange");
        assertThat(ordered.where(gt(Car::year, 2001)).get())
                .extracting(item -> item.data().year())
                .containsExactly(2002, 2003, 2004);
        assertThat(then.stream()).hasSize(4);
        assertThat(then.count()).isEqualTo(4);
        assertThat(then.groupBy("make").select(Aggregate.count())).hasSize(2);
        assertThatThrownBy(() -> then.groupBy("year").select(Aggregate.count()))
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining("3 groups");
    }

    @Test
    void an_author_is_text_that_every_store_can_hold() {
        Item<Car> car = create("Citroen", 2014);
        for (String text : List.of("a\0b", "a\ud800", "\udc00b")) {
            assertThatThrownBy(() -> pool.history().by(text)).isInstanceOf(ValueException.class);
            assertThatThrownBy(() -> pool.history().by("fred").because(text)).isInstanceOf(ValueException.class);
            assertThatThrownBy(() -> Korm.tx(car.set(Car::year, 2015)).by(text)).isInstanceOf(ValueException.class);
            assertThatThrownBy(() -> Korm.tx(car.set(Car::year, 2015)).because(text))
                    .isInstanceOf(ValueException.class);
        }
        Korm.tx(car.set(Car::year, 2015)).by("f\ud83d\ude00").persist();
        assertThat(cars.history(car.rn()).newest(1).get(0).actor()).contains("f\ud83d\ude00");
    }

    @Test
    void an_item_that_was_read_as_it_was_cannot_be_changed() {
        Item<Car> car = create("Citroen", 2014);
        Item<Car> then = cars.asOf(world.clock().instant()).fromRn(car.rn()).get();
        assertThatThrownBy(() -> then.set(Car::year, 2015).commit()).isInstanceOf(StoreReadOnlyException.class);
        assertThatThrownBy(then::delete).isInstanceOf(StoreReadOnlyException.class);
        assertThat(car.reload().revision()).isEqualTo(car.revision());
    }

    @Test
    void a_moment_before_the_history_or_to_come_is_refused() {
        Item<Car> car = create("Citroen", 2014);
        Instant begin = pool.history().beginning("main");
        assertThatThrownBy(
                        () -> cars.asOf(begin.minusMillis(1)).fromRn(car.rn()).find())
                .isInstanceOf(HistoryException.class);
        assertThatThrownBy(() -> cars.asOf(world.clock().instant().plusSeconds(1)))
                .isInstanceOf(HistoryException.class);
        assertThat(cars.asOf(begin).fromRn(car.rn()).find()).isEmpty();
    }

    @Test
    void items_older_than_the_history_are_read_as_they_were() {
        reopen(builder());
        Item<Car> untouched = create("Citroen", 2014);
        Item<Car> changed = create("Fiat", 2014);
        Item<Car> deleted = create("Opel", 2014);
        tick();
        // The layer's history began with its first opening in this test; a purge has it begin later.
        reopen(builder().withHistory());
        pool.history().before(world.clock().instant()).run();
        Instant before = world.clock().instant();
        tick();
        cars.fromRn(changed.rn()).get().set(Car::year, 2015).commit();
        cars.fromRn(deleted.rn()).get().delete();
        Items<Car> then = cars.asOf(before);
        assertThat(then.fromQuery("cars", "car").get())
                .extracting(item -> item.rn(), item -> item.data().year())
                .containsExactlyInAnyOrder(
                        tuple(untouched.rn(), 2014), tuple(changed.rn(), 2014), tuple(deleted.rn(), 2014));
        for (Item<Car> item : List.of(untouched, changed, deleted)) {
            assertThat(then.fromRn(item.rn()).get().data()).isEqualTo(item.data());
        }
        tick();
        assertThat(cars.asOf(world.clock().instant()).fromQuery("cars", "car").count())
                .isEqualTo(2);
    }

    @Test
    void many_items_are_read_as_they_were_page_by_page() {
        int many = many();
        List<FloatingItem<Car>> floating = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            floating.add(cars.fromData("cars", "car", car("make", i)));
        }
        tick();
        List<Item<Car>> created = Korm.createAll(floating);
        Instant before = world.clock().instant();
        tick();
        cars.fromQuery("cars", "car").where(gt(Car::year, many / 2)).deleteAll();
        assertThat(cars.asOf(before).fromQuery("cars", "car").stream()
                        .map(Item::rn)
                        .toList())
                .containsExactlyInAnyOrderElementsOf(
                        created.stream().map(Item::rn).toList());
        assertThat(cars.asOf(world.clock().instant()).fromQuery("cars", "car").count())
                .isEqualTo(many / 2 + 1);
        Page<Car> page = cars.asOf(before)
                .fromQuery("cars", "car")
                .orderBy(Order.asc(Car::year))
                .page(10);
        assertThat(page.items()).extracting(item -> item.data().year()).startsWith(0, 1, 2);
        page = cars.asOf(before)
                .fromQuery("cars", "car")
                .orderBy(Order.asc(Car::year))
                .page(10, page.next().orElseThrow());
        assertThat(page.items()).extracting(item -> item.data().year()).startsWith(10, 11);
    }

    /** Returns how many items are many. */
    protected int many() {
        return 1200;
    }

    @Test
    void a_rotation_seals_versions_anew_and_a_key_that_they_need_is_in_use() {
        byte[] first = new byte[32];
        byte[] next = new byte[32];
        next[0] = 1;
        reopen(builder().withHistory().keys(KeyRing.of("first", Map.of("first", first))));
        Item<Car> car = create("Citroen", 2014);
        car = car.set(Car::plate, Encrypted.of("another")).commit();
        cars.fromRn(create("Fiat", 2014).rn()).get().delete();

        reopen(builder().withHistory().keys(KeyRing.of("next", Map.of("first", first, "next", next))));
        cars.fromRn(car.rn()).get().set(Car::plate, Encrypted.of("a third")).commit();
        assertThatThrownBy(() -> pool.keys().requireUnused("first"))
                .isInstanceOf(KeyInUseException.class)
                .hasMessageContaining("history");
        pool.keys().rotation().run();
        pool.keys().requireUnused("first");

        reopen(builder().withHistory().keys(KeyRing.of("next", Map.of("next", next))));
        assertThat(cars.history(car.rn()).stream()
                        .map(version -> version.data().orElseThrow().plate().reveal()))
                .containsExactly("a third", "another", "plate Citroen");
    }

    @Test
    void a_move_into_another_layer_is_a_deletion_here_and_a_creation_there() {
        Item<Car> car = create("Citroen", 2014).set(Car::year, 2015).commit();
        Instant before = world.clock().instant();
        tick();
        Korm.collection(Car.class, pool)
                .from("main", "cars", "car")
                .to("second")
                .move();
        tick();
        assertThat(operations(cars.history(car.rn()))).startsWith(Operation.DELETED, Operation.CHANGED);
        Rn<Car> moved = Rn.<Car>collection("cars", "car")
                .from("second")
                .item(car.rn().id().orElseThrow());
        assertThat(operations(cars.history(moved))).containsExactly(Operation.CREATED);
        assertThat(cars.asOf(before).fromRn(car.rn()).find()).isPresent();
        assertThat(cars.asOf(before).fromRn(moved).find()).isEmpty();
        Items<Car> now = cars.asOf(world.clock().instant());
        assertThat(now.fromRn(car.rn()).find()).isEmpty();
        assertThat(now.fromRn(moved).get().data()).isEqualTo(car.data());
    }

    @Test
    void changes_by_many_threads_are_a_version_each() throws Exception {
        Item<Car> car = create("Citroen", 0);
        int threads = 4;
        int each = 10;
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                running.add(executor.submit(() -> {
                    for (int done = 0; done < each; ) {
                        try {
                            cars.fromRn(car.rn())
                                    .get()
                                    .update(HistoryContract::older)
                                    .commit();
                            done++;
                        } catch (ConflictException overtaken) {
                            Thread.onSpinWait();
                        }
                    }
                }));
            }
            running.add(executor.submit(() -> {
                for (int i = 0; i < each; i++) {
                    cars.fromQuery("cars", "car").where(everything()).updateAll(Assignment.set("weight", i + 0.5));
                }
            }));
            for (Future<?> one : running) {
                one.get();
            }
        } finally {
            executor.shutdownNow();
        }
        List<Version<Car>> versions = cars.history(car.rn()).stream().toList();
        assertThat(versions).hasSize(1 + threads * each + each);
        for (int i = 0; i < versions.size(); i++) {
            assertThat(versions.get(i).revision()).isEqualTo(car.revision() + versions.size() - 1 - i);
            assertThat(versions.get(i).operation()).isNotEqualTo(Operation.FOUND);
        }
        assertThat(versions.get(0).data()).contains(car.reload().data());
        assertThat(car.reload().data().year()).isEqualTo(threads * each);
    }

    private static Car older(Car car) {
        return new Car(
                car.make(),
                car.year() + 1,
                car.price(),
                car.weight(),
                car.sold(),
                car.extras(),
                car.owner(),
                car.plate());
    }

    @Test
    void a_transaction_of_a_users_work_is_one_in_the_history() {
        Item<Car> one = create("Citroen", 2014);
        Item<Car> other = create("Fiat", 2014);
        pool.transaction(tx -> {
            Items<Car> within = tx.item(Car.class);
            within.fromRn(one.rn()).get().set(Car::year, 2015).commit();
            within.fromRn(other.rn()).get().delete();
            return true;
        });
        assertThat(transaction(cars.history(one.rn()))).isEqualTo(transaction(cars.history(other.rn())));
        pool.history().undo(transaction(cars.history(one.rn())));
        assertThat(one.reload().data()).isEqualTo(one.data());
        assertThat(other.reload().data()).isEqualTo(other.data());
    }

    @Test
    void a_layer_whose_history_does_not_answer_keeps_no_pool_from_opening() {
        Item<Car> car = create("Citroen", 2014);
        pool.close();
        layer.failNext(Call.SELECT, Moment.BEFORE, Outcome.NOT_APPLIED);
        open(builder().withHistory());
        layer.heal();
        cars.fromRn(car.rn()).get().set(Car::year, 2015).commit();
        assertThat(operations(cars.history(car.rn()))).containsExactly(Operation.CHANGED, Operation.CREATED);
    }

    @Test
    void random_changes_have_the_versions_that_a_list_of_them_has() {
        Random random = Seed.random(getClass());
        List<Rn<Car>> names = new ArrayList<>();
        List<List<@Nullable Car>> model = new ArrayList<>();
        List<Instant> moments = new ArrayList<>();
        List<Map<Rn<Car>, Car>> states = new ArrayList<>();
        for (int step = 0; step < 150; step++) {
            moments.add(world.clock().instant());
            states.add(state(names, model));
            tick();
            int which = random.nextInt(names.size() + 1);
            if (which == names.size()) {
                Item<Car> item = create("make " + step, step);
                names.add(item.rn());
                model.add(new ArrayList<>(List.of(item.data())));
                continue;
            }
            List<@Nullable Car> versions = model.get(which);
            Rn<Car> rn = names.get(which);
            Car last = versions.get(versions.size() - 1);
            if (last == null) {
                Item<Car> again = cars.fromData("cars", "car", car("again " + step, step))
                        .withRn(rn)
                        .create();
                versions.add(again.data());
            } else if (random.nextInt(4) == 0) {
                cars.fromRn(rn).get().delete();
                versions.add(null);
            } else if (random.nextInt(4) == 0) {
                undo(rn, versions, random);
            } else {
                versions.add(cars.fromRn(rn).get().set(Car::year, step).commit().data());
            }
        }
        for (int i = 0; i < names.size(); i++) {
            List<@Nullable Car> found = new ArrayList<>();
            cars.history(names.get(i)).stream()
                    .forEach(version -> found.add(0, version.data().orElse(null)));
            assertThat(found).isEqualTo(model.get(i));
        }
        for (int asked = 0; asked < 20; asked++) {
            int moment = random.nextInt(moments.size());
            Map<Rn<Car>, Car> found = new HashMap<>();
            cars.asOf(moments.get(moment))
                    .fromQuery("cars", "car")
                    .get()
                    .forEach(item -> found.put(item.rn(), item.data()));
            assertThat(found).isEqualTo(states.get(moment));
            if (!names.isEmpty()) {
                Rn<Car> one = names.get(random.nextInt(names.size()));
                assertThat(cars.asOf(moments.get(moment)).fromRn(one).find().map(Item::data))
                        .isEqualTo(Optional.ofNullable(states.get(moment).get(one)));
            }
        }
    }

    private static Map<Rn<Car>, Car> state(List<Rn<Car>> names, List<List<@Nullable Car>> model) {
        Map<Rn<Car>, Car> state = new HashMap<>();
        for (int i = 0; i < names.size(); i++) {
            Car last = model.get(i).get(model.get(i).size() - 1);
            if (last != null) {
                state.put(names.get(i), last);
            }
        }
        return state;
    }

    /** Undoes one of the last two transactions: the last succeeds, one before it is refused. */
    private void undo(Rn<Car> rn, List<@Nullable Car> versions, Random random) {
        List<Version<Car>> newest = cars.history(rn).newest(2);
        int which = random.nextInt(newest.size());
        String transaction = newest.get(which).transaction().orElseThrow();
        if (which > 0) {
            assertThatThrownBy(() -> pool.history().undo(transaction)).isInstanceOf(UndoRefusedException.class);
        } else {
            pool.history().undo(transaction);
            versions.add(versions.size() == 1 ? null : versions.get(versions.size() - 2));
        }
    }
}
