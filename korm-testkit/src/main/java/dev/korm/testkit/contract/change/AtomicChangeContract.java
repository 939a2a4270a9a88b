package dev.korm.testkit.contract.change;

import static dev.korm.Filter.everything;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.korm.ConfigurationException;
import dev.korm.ConflictException;
import dev.korm.DeletePolicy;
import dev.korm.DuplicateException;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.OnDelete;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.Query;
import dev.korm.Rn;
import dev.korm.StoreException;
import dev.korm.StoreException.Outcome;
import dev.korm.StoreUnavailableException;
import dev.korm.Unique;
import dev.korm.file.FileRef;
import dev.korm.recovery.IncompleteChangeException;
import dev.korm.recovery.JournalException;
import dev.korm.recovery.QuarantinedChange;
import dev.korm.recovery.RecoveryReport;
import dev.korm.recovery.Resolution;
import dev.korm.spi.Capabilities;
import dev.korm.spi.Layer;
import dev.korm.spi.LayerSource;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.SchemaMovedException;
import dev.korm.testkit.fault.FaultyDepot;
import dev.korm.testkit.fault.FaultyLayer;
import dev.korm.testkit.fault.FaultyLayer.Call;
import dev.korm.testkit.fault.FaultyLayer.Moment;
import dev.korm.testkit.fault.VirtualEnvironment;
import dev.korm.testkit.memory.MemoryDepot;
import dev.korm.testkit.memory.MemoryJournal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
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
import org.junit.jupiter.params.provider.ValueSource;

/** Changes of two layers and a depot, which happen or do not. Every pair of layers passes it. */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class AtomicChangeContract {
    /** An owner of things. */
    public record Owner(Unique<String> name, int things) {}

    /** A thing with an owner. */
    public record Thing(
            String name,
            @OnDelete(DeletePolicy.CASCADE) @Nullable Rn<Owner> owner,
            int price,
            @Nullable FileRef photo) {}

    private final MemoryJournal journal = MemoryJournal.create();
    private final FaultyDepot depot = FaultyDepot.around(MemoryDepot.create());
    private FaultyLayer left;
    private FaultyLayer right;
    private FaultyLayer coordinator;
    private Pool pool;

    /** Returns the layer of owners; each test begins with an empty one. */
    protected abstract LayerSource left();

    /** Returns the layer of things; each test begins with an empty one. */
    protected abstract LayerSource right();

    /** Returns a pool that has something else, too. */
    protected PoolBuilder with(PoolBuilder builder) {
        return builder;
    }

    @BeforeEach
    void openPool() {
        left = FaultyLayer.around(left());
        right = FaultyLayer.around(right());
        coordinator = isCoordinator(left, right, "left", "right") ? left : right;
        pool = builder().withWal(journal).open();
        // Tables are there, so that the faults of a test meet its own calls.
        Item<Owner> first = Korm.item(Owner.class, pool)
                .fromData("left", "people", "owner", owner("first", 0))
                .create();
        first.delete();
        Item<Thing> thing = Korm.item(Thing.class, pool)
                .fromData("right", "goods", "thing", thing("first", null))
                .create();
        thing.delete();
        change("warm", "up").forEach(item -> item.delete());
        pool.close();
        pool = builder().withWal(journal).open();
        left.reset();
        right.reset();
    }

    private PoolBuilder builder() {
        return with(Korm.pool().layer("left", left).layer("right", right).depot("files", depot));
    }

    @AfterEach
    void closePool() {
        left.heal();
        right.heal();
        pool.close();
        assertThat(left.leaks() + right.leaks()).isZero();
    }

    private static Owner owner(String name, int things) {
        return new Owner(Unique.of(name), things);
    }

    private static Thing thing(String name, @Nullable Rn<Owner> owner) {
        return new Thing(name, owner, 1, null);
    }

    /** Stores an owner and a thing together. */
    private List<Item<?>> change(String owner, String thing) {
        return Korm.tx(
                        Korm.item(Owner.class, pool).fromData("left", "people", "owner", owner(owner, 1)),
                        Korm.item(Thing.class, pool).fromData("right", "goods", "thing", thing(thing, null)))
                .persist();
    }

    private List<String> owners() {
        return Korm.item(Owner.class, pool).fromQuery("left", "people", "owner").get().stream()
                .map(item -> item.data().name().value())
                .sorted()
                .toList();
    }

    private List<String> things() {
        return Korm.item(Thing.class, pool).fromQuery("right", "goods", "thing").get().stream()
                .map(item -> item.data().name())
                .sorted()
                .toList();
    }

    private void assertBoth() {
        assertThat(owners()).containsExactly("fred");
        assertThat(things()).containsExactly("car");
    }

    private void assertNone() {
        assertThat(owners()).isEmpty();
        assertThat(things()).isEmpty();
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
    void a_change_of_two_layers_is_in_both() {
        List<Item<?>> stored = change("fred", "car");
        assertThat(stored).hasSize(2);
        assertBoth();
        assertThat(reopen().dropped()).isZero();
        assertBoth();
    }

    @Test
    void nothing_is_left_behind_by_what_is_finished() {
        change("fred", "car");
        pool.close();
        pool = builder().withWal(journal).open();
        assertThat(pool.recovery().atOpening().found()).isZero();
        assertThat(journal.entries()).isEmpty();
        assertBoth();
    }

    @Test
    void a_pool_without_a_journal_refuses_it_and_says_how_to_add_one() {
        pool.close();
        pool = builder().open();
        assertThatThrownBy(() -> change("fred", "car"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("left, right")
                .hasMessageContaining(".withWal(Wal.at(Path.of(\"journal\")))");
        assertNone();
    }

    @Test
    void a_change_of_one_layer_does_not_use_the_journal() {
        long before = journal.appends();
        Korm.tx(
                        Korm.item(Owner.class, pool).fromData("left", "people", "owner", owner("fred", 1)),
                        Korm.item(Owner.class, pool).fromData("left", "people", "owner", owner("wilma", 1)))
                .persist();
        assertThat(journal.appends()).isEqualTo(before);
        assertThat(left.calls(Call.PREPARE)).isZero();
    }

    @Test
    void what_one_layer_refuses_is_in_none() {
        Item<Owner> fred = Korm.item(Owner.class, pool)
                .fromData("left", "people", "owner", owner("fred", 1))
                .create();
        Item<Thing> car = Korm.item(Thing.class, pool)
                .fromData("right", "goods", "thing", thing("car", null))
                .create();
        car.set(Thing::price, 2).commit();
        ConflictException conflict = catchThrowableOfType(
                ConflictException.class, () -> Korm.tx(fred.set(Owner::things, 7), car.set(Thing::price, 3))
                        .persist());
        assertThat(conflict.rn().toString()).isEqualTo(car.rn().toString());
        assertThat(fred.reload().data().things()).isEqualTo(1);
        assertThat(fred.reload().revision()).isEqualTo(fred.revision());
        DuplicateException duplicate = catchThrowableOfType(DuplicateException.class, () -> change("fred", "bike"));
        assertThat(duplicate.fields()).containsExactly("name");
        assertThat(things()).containsExactly("car");
    }

    @ParameterizedTest
    @EnumSource
    void a_coordinator_that_fails_at_commit_decides_all_the_same(Moment moment) {
        coordinator().failNext(Call.COMMIT, moment, Outcome.UNKNOWN);
        if (moment == Moment.AFTER) {
            change("fred", "car");
            assertBoth();
        } else {
            StoreException failure = catchThrowableOfType(StoreException.class, () -> change("fred", "car"));
            assertThat(failure.outcome()).isEqualTo(Outcome.NOT_APPLIED);
            assertNone();
        }
        reopen();
        if (moment == Moment.AFTER) {
            assertBoth();
        } else {
            assertNone();
            change("fred", "car");
            assertBoth();
        }
    }

    @Test
    void a_coordinator_that_does_not_answer_leaves_it_unknown_and_the_next_opening_settles_it() {
        pool.close();
        // It is asked again and again, with waits that take no time here.
        pool = builder()
                .environment(VirtualEnvironment.seeded(1).withThreads())
                .withWal(journal)
                .open();
        left.reset();
        right.reset();
        FaultyLayer coordinator = coordinator();
        coordinator.failNext(Call.COMMIT, Moment.AFTER, Outcome.UNKNOWN);
        for (int i = 1; i <= 20; i++) {
            coordinator.fail(Call.APPLY, i, Moment.BEFORE, AtomicChangeContract::unreachable);
        }
        StoreException failure = catchThrowableOfType(StoreException.class, () -> change("fred", "car"));
        assertThat(failure.outcome()).isEqualTo(Outcome.UNKNOWN);
        RecoveryReport report = reopen();
        assertThat(report.finished()).isEqualTo(1);
        assertBoth();
    }

    @Test
    void a_change_whose_coordinator_does_not_answer_a_recovery_is_not_made_before_it_does() {
        coordinator().failWith(Call.COMMIT, 1, new OutOfMemoryError("because the test says so"));
        assertThatThrownBy(() -> change("fred", "car")).isInstanceOf(OutOfMemoryError.class);
        journal.crash();
        left.heal();
        right.heal();
        pool.close();
        coordinator.reset();
        for (int i = 1; i <= 20; i++) {
            coordinator.fail(Call.APPLY, i, Moment.BEFORE, AtomicChangeContract::unreachable);
        }
        pool = builder().withWal(journal).open();
        assertThat(pool.recovery().atOpening().unreachable()).isEqualTo(1);
        assertThat(pool.recovery().retry().unreachable()).isEqualTo(1);
        assertNone();
        coordinator.heal();
        assertThat(pool.recovery().retry().dropped()).isEqualTo(1);
        assertNone();
        assertThat(pool.recovery().retry().found()).isZero();
        assertThat(reopen().finished()).isZero();
        assertNone();
    }

    private static StoreException unreachable(String layer) {
        return new StoreUnavailableException(
                layer,
                "The layer " + layer + " cannot be reached, because the test says so",
                Outcome.NOT_APPLIED,
                null);
    }

    @ParameterizedTest
    @EnumSource
    void a_follower_that_fails_at_commit_follows_all_the_same(Moment moment) {
        follower().failNext(Call.COMMIT, moment, Outcome.UNKNOWN);
        change("fred", "car");
        assertBoth();
        reopen();
        assertBoth();
    }

    @Test
    void a_follower_that_does_not_answer_is_made_up_for_by_the_next_opening() {
        unfinished();
        assertThat(pool.recovery().quarantined()).isEmpty();
        assertThat(reopen().finished()).isEqualTo(1);
        assertBoth();
        assertThat(reopen().found()).isZero();
    }

    @Test
    void a_follower_that_answers_again_is_made_up_for_by_a_retry() {
        unfinished();
        follower().heal();
        assertThat(pool.recovery().retry().finished()).isEqualTo(1);
        assertBoth();
        assertThat(pool.recovery().retry().found()).isZero();
    }

    private IncompleteChangeException unfinished() {
        FaultyLayer follower = follower();
        follower.failNext(Call.COMMIT, Moment.BEFORE, Outcome.NOT_APPLIED);
        for (int i = 1; i <= 20; i++) {
            follower.fail(Call.APPLY, i, Moment.BEFORE, AtomicChangeContract::unreachable);
        }
        IncompleteChangeException failure =
                catchThrowableOfType(IncompleteChangeException.class, () -> change("fred", "car"));
        assertThat(failure.missing()).hasSize(1);
        follower.heal();
        return failure;
    }

    @ParameterizedTest
    @EnumSource
    void a_journal_that_fails_stores_nothing(MemoryJournal.Kept when) {
        journal.failAppend(1, when);
        assertThatThrownBy(() -> change("fred", "car")).isInstanceOf(JournalException.class);
        assertNone();
        assertThatThrownBy(() -> change("fred", "car")).isInstanceOf(JournalException.class);
        RecoveryReport report = reopen();
        assertThat(report.found()).isEqualTo(when == MemoryJournal.Kept.NOTHING ? 0 : 1);
        assertThat(report.dropped()).isEqualTo(report.found());
        assertNone();
        change("fred", "car");
        assertBoth();
    }

    /** The point at which a program is killed. */
    public enum Step {
        PREPARE_FIRST,
        PREPARE_SECOND,
        APPEND,
        COMMIT_COORDINATOR,
        COMMIT_FOLLOWER
    }

    @ParameterizedTest
    @EnumSource
    void a_program_that_is_killed_leaves_all_or_nothing(Step step) {
        OutOfMemoryError killed = new OutOfMemoryError("because the test says so");
        switch (step) {
            case PREPARE_FIRST -> follower().failWith(Call.PREPARE, 1, killed);
            case PREPARE_SECOND -> coordinator().failWith(Call.PREPARE, 1, killed);
            case APPEND -> journal.failAppend(1, MemoryJournal.Kept.ALL);
            case COMMIT_COORDINATOR -> coordinator().failWith(Call.COMMIT, 1, killed);
            case COMMIT_FOLLOWER -> follower().failWith(Call.COMMIT, 1, killed);
        }
        assertThatThrownBy(() -> change("fred", "car")).isInstanceOf(Throwable.class);
        RecoveryReport report = reopen();
        if (step == Step.COMMIT_FOLLOWER) {
            assertThat(report.finished()).isEqualTo(1);
            assertBoth();
        } else {
            assertThat(report.finished()).isZero();
            assertNone();
        }
        assertThat(reopen().found()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void files_are_decided_with_the_layers_that_a_deletion_adds(boolean isLeftKilled) {
        Item<Owner> fred = Korm.item(Owner.class, pool)
                .fromData("left", "people", "owner", owner("fred", 1))
                .create();
        Korm.item(Thing.class, pool)
                .fromData("right", "goods", "thing", thing("bike", fred.rn()))
                .create();
        FaultyLayer killed = isLeftKilled ? left : right;
        killed.reset();
        killed.failWith(Call.COMMIT, 1, new OutOfMemoryError("because the test says so"));
        assertThatThrownBy(() -> Korm.tx(
                                fred.deletion(),
                                pool.files().storing(FileRef.of("files", "photos/fred", bytes("gone"))))
                        .persist())
                .isInstanceOf(OutOfMemoryError.class);
        reopen();
        assertThat(pool.recovery().quarantined()).isEmpty();
        boolean isGone = owners().isEmpty();
        assertThat(things()).hasSize(isGone ? 0 : 1);
        assertThat(pool.files().find(Rn.file("files", "photos", "fred")).isPresent())
                .isEqualTo(isGone);
        assertThat(reopen().found()).isZero();
    }

    /** Makes changes whose program is killed when it commits them in a layer. */
    private void killed(FaultyLayer where, int changes) {
        where.reset();
        OutOfMemoryError killed = new OutOfMemoryError("because the test says so");
        for (int i = 1; i <= changes; i++) {
            where.failWith(Call.COMMIT, i, killed);
        }
        for (int i = 1; i <= changes; i++) {
            String name = "fred " + i;
            assertThatThrownBy(() -> change(name, "car")).isInstanceOf(Throwable.class);
        }
        left.reset();
        right.reset();
    }

    @Test
    void many_changes_that_were_not_decided_are_forbidden_together() {
        killed(coordinator(), 40);
        RecoveryReport report = reopen();
        assertThat(report.dropped()).isEqualTo(40);
        assertThat(coordinator().calls(Call.APPLY)).isLessThan(20);
        assertNone();
        assertThat(reopen().found()).isZero();
        change("fred", "car");
        assertBoth();
    }

    @Test
    void many_changes_that_were_decided_are_finished_together() {
        killed(follower(), 40);
        RecoveryReport report = reopen();
        assertThat(report.finished()).isEqualTo(40);
        assertThat(follower().calls(Call.APPLY)).isLessThan(20);
        assertThat(owners()).hasSize(40);
        assertThat(things()).hasSize(40);
        assertThat(reopen().found()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void what_others_have_changed_is_quarantined_until_somebody_decides(Resolution resolution) {
        Item<Owner> fred = Korm.item(Owner.class, pool)
                .fromData("left", "people", "owner", owner("fred", 1))
                .create();
        Item<Thing> car = Korm.item(Thing.class, pool)
                .fromData("right", "goods", "thing", thing("car", null))
                .create();
        boolean thingFollows = follower() == right;
        FaultyLayer follower = follower();
        follower.failNext(Call.COMMIT, Moment.BEFORE, Outcome.NOT_APPLIED);
        follower.fail(Call.APPLY, 1, Moment.BEFORE, AtomicChangeContract::unreachable);
        IncompleteChangeException incomplete = catchThrowableOfType(
                IncompleteChangeException.class, () -> Korm.tx(fred.set(Owner::things, 7), car.set(Thing::price, 7))
                        .persist());
        // Somebody else is first.
        if (thingFollows) {
            car.set(Thing::price, 100).commit();
        } else {
            fred.set(Owner::things, 100).commit();
        }
        RecoveryReport report = reopen();
        assertThat(report.quarantined()).isEqualTo(1);
        QuarantinedChange change = pool.recovery().quarantined().get(0);
        assertThat(change.id()).isEqualTo(incomplete.change());
        assertThat(change.stored()).containsExactly(thingFollows ? "left" : "right");
        assertThat(change.missing()).hasSize(1);
        assertThat(change.missing().get(0).items().get(0).id())
                .isEqualTo(thingFollows ? car.rn().id() : fred.rn().id());
        // It waits through another opening.
        assertThat(reopen().quarantined()).isEqualTo(1);
        pool.recovery().resolve(change.id(), resolution);
        int expected = resolution == Resolution.OURS ? 7 : 100;
        int seen = thingFollows
                ? Korm.item(Thing.class, pool)
                        .fromQuery("right", "goods", "thing")
                        .get()
                        .get(0)
                        .data()
                        .price()
                : Korm.item(Owner.class, pool)
                        .fromQuery("left", "people", "owner")
                        .get()
                        .get(0)
                        .data()
                        .things();
        assertThat(seen).isEqualTo(expected);
        assertThat(pool.recovery().quarantined()).isEmpty();
        assertThat(reopen().found()).isZero();
        assertThatThrownBy(() -> pool.recovery().resolve(change.id(), resolution))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("quarantined()");
    }

    @Test
    void a_deletion_takes_what_refers_to_it_in_another_layer_along_in_one_change() {
        Item<Owner> fred = Korm.item(Owner.class, pool)
                .fromData("left", "people", "owner", owner("fred", 1))
                .create();
        Korm.item(Thing.class, pool)
                .fromData("right", "goods", "thing", thing("car", fred.rn()))
                .create();
        long before = journal.appends();
        journal.failAppend(1, MemoryJournal.Kept.NOTHING);
        assertThatThrownBy(fred::delete).isInstanceOf(JournalException.class);
        assertThat(things()).containsExactly("car");
        assertThat(owners()).containsExactly("fred");
        reopen();
        Item<Owner> again = Korm.item(Owner.class, pool)
                .fromQuery("left", "people", "owner")
                .get()
                .get(0);
        assertThat(again.delete().cascaded().values()).containsExactly(1L);
        assertNone();
        assertThat(journal.appends()).isEqualTo(before + 2);
    }

    @Test
    void a_file_comes_with_the_change() throws Exception {
        List<Item<?>> stored = Korm.tx(
                        Korm.item(Owner.class, pool).fromData("left", "people", "owner", owner("fred", 1)),
                        Korm.item(Thing.class, pool)
                                .fromData(
                                        "right",
                                        "goods",
                                        "thing",
                                        new Thing("car", null, 1, FileRef.of("files", "photos/car", bytes("one")))))
                .persist();
        assertThat(stored).hasSize(2);
        assertThat(photo()).isEqualTo("one");
        assertThat(reopen().dropped()).isZero();
        assertThat(photo()).isEqualTo("one");
    }

    /** End of a program: by force, or in order. */
    public enum End {
        KILLED,
        CLOSED
    }

    @ParameterizedTest
    @EnumSource
    void a_file_that_could_not_be_brought_to_its_name_is_brought_there_by_the_next_opening(End end) {
        depot.dieAt(FaultyDepot.Call.MOVE, 1, FaultyDepot.Moment.BEFORE);
        assertThatThrownBy(() -> Korm.tx(
                                Korm.item(Owner.class, pool).fromData("left", "people", "owner", owner("fred", 1)),
                                Korm.item(Thing.class, pool)
                                        .fromData(
                                                "right",
                                                "goods",
                                                "thing",
                                                new Thing(
                                                        "car",
                                                        null,
                                                        1,
                                                        FileRef.of("files", "photos/car", bytes("one")))))
                        .persist())
                .isInstanceOf(FaultyDepot.Killed.class);
        depot.heal();
        // Later changes end earlier ones; this one has not ended.
        change("wilma", "bike").forEach(Item::delete);
        if (end == End.CLOSED) {
            pool.close();
        }
        RecoveryReport report = reopen();
        assertThat(report.finished()).isPositive();
        assertBoth();
        assertThat(photo()).isEqualTo("one");
        assertThat(reopen().found()).isZero();
    }

    private static Thing pictured(String content) {
        return new Thing("car", null, 1, FileRef.of("files", "photos/car", bytes(content)));
    }

    /** Holds what the marker alone proves: the journal knows nothing of such a change. */
    @ParameterizedTest
    @EnumSource
    void a_file_of_a_change_of_one_layer_is_brought_to_its_name_by_the_next_opening(End end) {
        depot.dieAt(FaultyDepot.Call.MOVE, 1, FaultyDepot.Moment.BEFORE);
        assertThatThrownBy(() -> Korm.item(Thing.class, pool)
                        .fromData("right", "goods", "thing", pictured("one"))
                        .create())
                .isInstanceOf(FaultyDepot.Killed.class);
        depot.heal();
        if (end == End.CLOSED) {
            pool.close();
        }
        reopen();
        assertThat(photo()).isEqualTo("one");
    }

    @Test
    void a_file_that_comes_late_does_not_replace_that_of_a_later_change_which_another_layer_decided() {
        String decides = coordinator == left ? "left" : "right";
        String follows = coordinator == left ? "right" : "left";
        depot.dieAt(FaultyDepot.Call.MOVE, 1, FaultyDepot.Moment.BEFORE);
        assertThatThrownBy(() -> Korm.tx(
                                Korm.item(Owner.class, pool).fromData(decides, "people", "payer", owner("fred", 1)),
                                Korm.item(Thing.class, pool).fromData(follows, "goods", "pictured", pictured("one")))
                        .persist())
                .isInstanceOf(FaultyDepot.Killed.class);
        depot.heal();
        Query<Thing> things = Korm.item(Thing.class, pool).fromQuery(follows, "goods", "pictured");
        things.first()
                .orElseThrow()
                .set(Thing::photo, FileRef.of("files", "photos/car", bytes("two")))
                .commit();
        reopen();
        FileRef photo = Korm.item(Thing.class, pool)
                .fromQuery(follows, "goods", "pictured")
                .resolvePaths("photo")
                .first()
                .orElseThrow()
                .data()
                .photo();
        assertThat(photo.text()).isEqualTo("two");
    }

    /** Two programs, of which the first goes on when the second has stored its file already. */
    @Test
    void a_file_that_comes_late_from_a_program_that_goes_on_does_not_replace_a_later_one_either() {
        String decides = coordinator == left ? "left" : "right";
        String follows = coordinator == left ? "right" : "left";
        // Open before, since an opening finishes what it finds staged.
        try (Pool other = builder().withWal(journal).open()) {
            depot.at(FaultyDepot.Call.MOVE, 1, FaultyDepot.Moment.BEFORE, () -> Korm.item(Thing.class, other)
                    .fromQuery(follows, "goods", "pictured")
                    .first()
                    .orElseThrow()
                    .set(Thing::photo, FileRef.of("files", "photos/car", bytes("two")))
                    .commit());
            Korm.tx(
                            Korm.item(Owner.class, pool).fromData(decides, "people", "payer", owner("fred", 1)),
                            Korm.item(Thing.class, pool).fromData(follows, "goods", "pictured", pictured("one")))
                    .persist();
        }
        assertThat(photo(follows)).isEqualTo("two");
        reopen();
        assertThat(photo(follows)).isEqualTo("two");
    }

    @ParameterizedTest
    @EnumSource
    void the_file_of_a_quarantined_part_takes_no_name_before_somebody_decides(Resolution resolution) {
        String decides = coordinator == left ? "left" : "right";
        String follows = coordinator == left ? "right" : "left";
        Item<Owner> fred = Korm.item(Owner.class, pool)
                .fromData(decides, "people", "payer", owner("fred", 1))
                .create();
        Item<Thing> car = Korm.item(Thing.class, pool)
                .fromData(follows, "goods", "pictured", pictured("one"))
                .create();
        follower().failNext(Call.COMMIT, Moment.BEFORE, Outcome.NOT_APPLIED);
        follower().fail(Call.APPLY, 1, Moment.BEFORE, AtomicChangeContract::unreachable);
        assertThatThrownBy(() -> Korm.tx(
                                fred.set(Owner::things, 7),
                                car.set(Thing::photo, FileRef.of("files", "photos/car", bytes("two"))))
                        .persist())
                .isInstanceOf(IncompleteChangeException.class);
        assertThat(photo(follows)).isEqualTo("one");
        car.set(Thing::price, 100).commit();
        assertThat(reopen().quarantined()).isEqualTo(1);
        assertThat(photo(follows)).isEqualTo("one");
        pool.recovery().resolve(pool.recovery().quarantined().get(0).id(), resolution);
        assertThat(photo(follows)).isEqualTo(resolution == Resolution.OURS ? "two" : "one");
        assertThat(pool.depot("files").list(Rn.prefix("files")))
                .extracting(entry -> entry.rn().toString())
                .containsExactly("[rn][depot::files]:photos:car");
    }

    /** Cuts it off at any of its calls, and makes it again, in the same program or the next: what is of the first is not taken for somebody else's. */
    @ParameterizedTest
    @EnumSource
    void a_resolution_that_is_cut_off_is_made_again(Resolution resolution) {
        for (int run = 0; run < 12; run++) {
            boolean reopened = run % 2 == 0;
            Moment moment = run % 4 < 2 ? Moment.BEFORE : Moment.AFTER;
            quarantineTwo(run);
            String id = pool.recovery().quarantined().get(0).id();
            follower().fail(Call.APPLY, 1 + run / 4, moment, AtomicChangeContract::unreachable);
            try {
                pool.recovery().resolve(id, resolution);
            } catch (StoreException cut) {
                if (reopened) {
                    reopen();
                }
                if (!pool.recovery().quarantined().isEmpty()) {
                    pool.recovery().resolve(id, resolution);
                }
            }
            follower().heal();
            assertThat(pool.recovery().quarantined()).isEmpty();
            assertThat(reopen().found()).isZero();
            String follows = follower() == right ? "right" : "left";
            assertThat(pictures(follows))
                    .as("run " + run)
                    .containsExactly(
                            resolution == Resolution.OURS ? "car 100 two" : "car 100 one",
                            resolution == Resolution.FORGET ? "bike 1 one" : "bike 1 two");
            Korm.item(Thing.class, pool)
                    .fromQuery(follows, "goods", "pictured")
                    .where(everything())
                    .deleteAll();
        }
    }

    /** Stands for another program that has dropped it, or a column of it. */
    @Test
    void a_resolution_leaves_what_has_no_table_any_more() {
        quarantineTwo(0);
        String id = pool.recovery().quarantined().get(0).id();
        follower()
                .fail(
                        Call.APPLY,
                        1,
                        Moment.BEFORE,
                        any -> new SchemaMovedException(TableName.items("goods", "pictured"), null));
        pool.recovery().resolve(id, Resolution.OURS);
        assertThat(pool.recovery().quarantined()).isEmpty();
        assertThat(reopen().found()).isZero();
        assertThat(pictures(follower() == right ? "right" : "left")).containsExactly("car 100 one", "bike 1 one");
    }

    /** Leaves a change quarantined that is missing in two items: another has changed the one, and not the other. */
    private void quarantineTwo(int run) {
        String decides = coordinator == left ? "left" : "right";
        String follows = coordinator == left ? "right" : "left";
        Items<Thing> things = Korm.item(Thing.class, pool);
        FileRef[] files = new FileRef[4];
        for (int i = 0; i < 4; i++) {
            files[i] =
                    FileRef.of("files", "photos/" + run + (i < 2 ? "car" : "bike"), bytes(i % 2 == 0 ? "one" : "two"));
        }
        Item<Thing> car = things.fromData(follows, "goods", "pictured", new Thing("car", null, 1, files[0]))
                .create();
        Item<Thing> bike = things.fromData(follows, "goods", "pictured", new Thing("bike", null, 1, files[2]))
                .create();
        follower().failNext(Call.COMMIT, Moment.BEFORE, Outcome.NOT_APPLIED);
        follower().fail(Call.APPLY, 1, Moment.BEFORE, AtomicChangeContract::unreachable);
        assertThatThrownBy(() -> Korm.tx(
                                Korm.item(Owner.class, pool)
                                        .fromData(decides, "people", "payer", owner("fred" + run, 1)),
                                car.set(Thing::photo, files[1]),
                                bike.set(Thing::photo, files[3]))
                        .persist())
                .isInstanceOf(IncompleteChangeException.class);
        car.set(Thing::price, 100).commit();
        assertThat(reopen().quarantined()).isEqualTo(1);
    }

    private List<String> pictures(String layer) {
        return Korm.item(Thing.class, pool).fromQuery(layer, "goods", "pictured").resolvePaths("photo").get().stream()
                .map(item -> item.data().name() + " " + item.data().price() + " "
                        + item.data().photo().text())
                .sorted(Comparator.reverseOrder())
                .toList();
    }

    private String photo(String layer) {
        return Korm.item(Thing.class, pool)
                .fromQuery(layer, "goods", "pictured")
                .resolvePaths("photo")
                .first()
                .orElseThrow()
                .data()
                .photo()
                .text();
    }

    @Test
    void a_program_that_goes_on_finishes_what_another_was_cut_off_in_with_its_files() {
        VirtualEnvironment time = VirtualEnvironment.seeded(1).withThreads();
        Pool other = builder().environment(time).withWal(journal).open();
        depot.dieAt(FaultyDepot.Call.MOVE, 1, FaultyDepot.Moment.BEFORE);
        FileRef file = FileRef.of("files", "photos/car", bytes("one"));
        assertThatThrownBy(() -> Korm.tx(
                                Korm.item(Owner.class, pool).fromData("left", "people", "owner", owner("fred", 1)),
                                Korm.item(Thing.class, pool)
                                        .fromData("right", "goods", "thing", new Thing("car", null, 1, file)))
                        .persist())
                .isInstanceOf(FaultyDepot.Killed.class);
        depot.heal();
        time.advance(Duration.ofMinutes(5));
        assertThat(other.recovery().retry().found())
                .as("a program that lives is left alone")
                .isZero();
        pool.close();
        pool = other;
        time.advance(Duration.ofMinutes(1));
        assertBoth();
        assertThat(photo()).isEqualTo("one");
        assertThat(pool.depot("files").list(Rn.prefix("files")))
                .extracting(entry -> entry.rn().toString())
                .containsExactly("[rn][depot::files]:photos:car");
        assertThat(pool.recovery().retry().found()).isZero();
        assertThat(reopen().found()).isZero();
    }

    @Test
    void a_follower_that_answers_again_is_made_up_for_without_being_asked() {
        pool.close();
        VirtualEnvironment time = VirtualEnvironment.seeded(1).withThreads();
        pool = builder().environment(time).withWal(journal).open();
        unfinished();
        time.advance(Duration.ofMinutes(1));
        assertBoth();
        assertThat(pool.recovery().retry().found()).isZero();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private String photo() {
        return new String(
                Korm.item(Thing.class, pool)
                        .fromQuery("right", "goods", "thing")
                        .resolvePaths("photo")
                        .get()
                        .get(0)
                        .data()
                        .photo()
                        .bytes(),
                StandardCharsets.UTF_8);
    }

    @Test
    void many_threads_move_between_layers_and_nothing_is_lost() throws Exception {
        int threads = 8;
        int moves = 25;
        Item<Owner> fred = Korm.item(Owner.class, pool)
                .fromData("left", "people", "owner", owner("fred", 0))
                .create();
        Item<Thing> car = Korm.item(Thing.class, pool)
                .fromData("right", "goods", "thing", thing("car", null))
                .create();
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Integer>> running = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int number = t;
                Callable<Integer> work = () -> moves(number, moves, fred, car);
                running.add(executor.submit(work));
            }
            int shared = 0;
            for (Future<Integer> each : running) {
                shared += each.get();
            }
            assertThat(fred.reload().data().things()).isEqualTo(shared);
            assertThat(car.reload().data().price()).isEqualTo(1 + shared);
        } finally {
            executor.shutdownNow();
        }
        assertThat(owners()).hasSize(1 + threads * moves);
        assertThat(things()).hasSize(1 + threads * moves);
    }

    /** Creates pairs, and counts up two items that all threads share, wherever that meets no other. */
    private int moves(int thread, int moves, Item<Owner> fred, Item<Thing> car) {
        int shared = 0;
        for (int i = 0; i < moves; i++) {
            change("owner " + thread + " " + i, "thing " + thread + " " + i);
            Item<Owner> owner = fred.reload();
            Item<Thing> thing = car.reload();
            try {
                Korm.tx(
                                owner.set(Owner::things, owner.data().things() + 1),
                                thing.set(Thing::price, thing.data().price() + 1))
                        .persist();
                shared++;
            } catch (ConflictException met) {
                assertThat(met.rn()).isNotNull();
            }
        }
        return shared;
    }

    /** Returns the layer whose marker decides. */
    private FaultyLayer coordinator() {
        return coordinator;
    }

    private FaultyLayer follower() {
        return coordinator() == left ? right : left;
    }

    private static boolean isCoordinator(FaultyLayer one, FaultyLayer other, String name, String otherName) {
        boolean single = isSingleWriter(one);
        return single == isSingleWriter(other) ? name.compareTo(otherName) > 0 : single;
    }

    private static boolean isSingleWriter(FaultyLayer source) {
        try (Layer layer = source.open("probe", Environment.system())) {
            return layer.capabilities().has(Capabilities.Feature.SINGLE_WRITER);
        }
    }
}
