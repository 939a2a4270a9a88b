package dev.korm.testkit.contract.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.korm.AlreadyExistsException;
import dev.korm.Change;
import dev.korm.ConfigurationException;
import dev.korm.ConflictException;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.PoolTransaction;
import dev.korm.QueryException;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.depot.DepotException;
import dev.korm.depot.FileExistsException;
import dev.korm.file.FileOperation;
import dev.korm.file.FileRef;
import dev.korm.file.FileRelease;
import dev.korm.file.PoolFiles;
import dev.korm.file.SweepReport;
import dev.korm.spi.LayerSource;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.DepotSource;
import dev.korm.spi.depot.FileEntry;
import dev.korm.spi.depot.PutOptions;
import dev.korm.testkit.Seed;
import dev.korm.testkit.fault.FaultyDepot;
import dev.korm.testkit.fault.FaultyDepot.Call;
import dev.korm.testkit.fault.FaultyDepot.Moment;
import dev.korm.testkit.fault.FaultyLayer;
import dev.korm.testkit.fault.VirtualEnvironment;
import dev.korm.testkit.memory.MemoryJournal;
import dev.korm.testkit.memory.MemoryLayer;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The behaviour of files that are members of a change by themselves: stored and deleted with its items or not at all, in two depots, also where the
 * program is killed at any call of a depot or of the layer.
 */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class FileOperationContract {
    private static final int MOST_CALLS = 40;
    private static final Rn<Letter> A =
            Rn.<Letter>collection("letters", "private").item("00000000-0000-4000-8000-00000000000a");

    private final VirtualEnvironment world = VirtualEnvironment.seeded(1).withThreads();
    private final MemoryLayer second = MemoryLayer.create();
    private final MemoryJournal journal = MemoryJournal.create();
    private FaultyLayer layer;
    private FaultyDepot one;
    private FaultyDepot two;
    private Pool pool;

    /** Returns the layer to hold against the contract; each test begins with an empty one, and opens it several times. */
    protected abstract LayerSource layer();

    /** Returns a depot to hold against the contract, by name; each test begins with empty ones, and opens them several times. */
    protected abstract DepotSource depot(String name);

    /** Returns how many calls are passed over from one at which a program is killed to the next; more than one for a slow depot. */
    protected int stride() {
        return 1;
    }

    /** An item that may name a file. */
    @Stored(namespace = "letters", kind = "private")
    public record Letter(String title, @Nullable FileRef scan) {}

    @BeforeEach
    void openPool() {
        layer = FaultyLayer.around(layer());
        one = FaultyDepot.around(depot("one"));
        two = FaultyDepot.around(depot("two"));
        pool = open();
    }

    private Pool open() {
        return Korm.pool()
                .layer("main", layer)
                .layer("second", second)
                .home("letters", "private", "main")
                .depot("one", one, FileRelease.KEEP)
                .depot("two", two, FileRelease.KEEP)
                .withWal(journal)
                .environment(world)
                .open();
    }

    private void reopen() {
        journal.crash();
        heal();
        pool.close();
        pool = open();
    }

    private void heal() {
        layer.heal();
        one.heal();
        two.heal();
    }

    @AfterEach
    void closePool() {
        heal();
        pool.close();
    }

    private Items<Letter> letters() {
        return Korm.item(Letter.class, pool);
    }

    private static FileRef file(String depot, String path, String content) {
        return FileRef.of(depot, path, content.getBytes(StandardCharsets.UTF_8));
    }

    private @Nullable String text(String depot, String name) {
        return pool.files().find(Rn.file(depot, name)).map(FileRef::text).orElse(null);
    }

    /** Returns everything in a depot, korm's own files included. */
    private List<String> all(String depot) {
        try (Stream<FileEntry> files = pool.depot(depot).list(Rn.prefix(depot))) {
            return files.map(entry -> String.join("/", entry.rn().depotParts()))
                    .sorted()
                    .toList();
        }
    }

    private static SweepReport sweep(Pool pool) {
        return pool.sweep().grace(Duration.ZERO).run();
    }

    @Test
    void a_file_behind_a_savepoint_goes_with_a_rollback_to_it_and_one_before_it_stays() {
        pool.files().create(file("one", "old", "kept"));
        Item<Letter> letter = letters()
                .fromData(new Letter("first", file("two", "scan", "1")))
                .create();
        List<Item<Letter>> takenBack = new ArrayList<>();
        pool.runTransaction(tx -> {
            tx.change(pool.files().creation(file("one", "before", "b")));
            Item<Letter> mine =
                    tx.update(letter.set("scan", file("two", "better", "2")).set("title", "second"));
            PoolTransaction.Savepoint savepoint = tx.savepoint();
            tx.change(pool.files().creation(file("one", "behind", "x")));
            tx.change(pool.files().deletion(Rn.file("one", "old")));
            takenBack.add(tx.update(mine.set("scan", file("two", "worse", "3"))));
            tx.item(Letter.class)
                    .fromData(new Letter("other", file("two", "others", "4")))
                    .create();
            savepoint.rollback();
            tx.change(pool.files().creation(file("one", "after", "a")));
            tx.update(mine.set("title", "third"));
        });
        assertThat(text("one", "before")).isEqualTo("b");
        assertThat(text("one", "after")).isEqualTo("a");
        assertThat(text("one", "behind")).isNull();
        assertThat(text("one", "old")).isEqualTo("kept");
        assertThat(text("two", "better")).isEqualTo("2");
        assertThat(text("two", "worse")).isNull();
        assertThat(text("two", "others")).isNull();
        Letter stored = letters().fromRn(letter.rn()).get().data();
        assertThat(stored.title()).isEqualTo("third");
        assertThat(stored.scan().rn()).isEqualTo(Rn.file("two", "better"));
        assertThatExceptionOfType(ConflictException.class)
                .isThrownBy(() -> takenBack.get(0).set("title", "fourth").commit());
        assertThat(text("two", "worse")).isNull();
    }

    @Test
    void files_are_stored_and_deleted_with_an_item() {
        PoolFiles files = pool.files();
        files.create(file("one", "old", "old"));
        files.create(file("two", "kept", "before"));

        List<Item<?>> stored = Korm.tx(
                        files.creation(file("one", "new", "new")),
                        letters().fromData(new Letter("a", null)),
                        files.storing(file("two", "kept", "after")),
                        files.deletion(Rn.file("one", "old")),
                        files.deletion(Rn.file("one", "nobody")))
                .persist();

        assertThat(stored).singleElement().isInstanceOf(Item.class);
        assertThat(all("one")).containsExactly("new");
        assertThat(text("one", "new")).isEqualTo("new");
        assertThat(text("two", "kept")).isEqualTo("after");
        assertThat(sweep(pool).unclaimed()).isEqualTo(2);
        assertThat(all("one")).containsExactly("new");
    }

    @Test
    void a_change_needs_no_item() {
        pool.files().create(file("one", "old", "old"));

        assertThat(Korm.tx(
                                pool.files().storing(file("two", "new", "new")),
                                pool.files().deletion(Rn.file("one", "old")))
                        .persist())
                .isEmpty();

        assertThat(all("one")).isEmpty();
        assertThat(text("two", "new")).isEqualTo("new");
    }

    @Test
    void what_the_layer_refuses_changes_no_file() {
        pool.files().create(file("one", "old", "old"));
        letters().fromData(new Letter("a", null)).withRn(A).create();

        assertThatExceptionOfType(AlreadyExistsException.class).isThrownBy(() -> Korm.tx(
                        letters().fromData(new Letter("b", null)).withRn(A),
                        pool.files().storing(file("two", "new", "new")),
                        pool.files().deletion(Rn.file("one", "old")))
                .persist());

        assertThat(all("one")).containsExactly("old");
        assertThat(all("two")).isEmpty();
    }

    @Test
    void a_creation_is_refused_where_the_file_is_there() {
        pool.files().create(file("one", "x", "first"));

        assertThatExceptionOfType(FileExistsException.class)
                .isThrownBy(() -> Korm.tx(
                                letters().fromData(new Letter("a", null)),
                                pool.files().creation(file("one", "x", "second")))
                        .persist())
                .withMessageContaining("storing(…)");
        // Somebody else is faster, while this one stages its bytes.
        one.at(Call.PUT, 1, Moment.AFTER, () -> pool.files().create(file("one", "y", "first")));
        assertThatExceptionOfType(FileExistsException.class).isThrownBy(() -> Korm.tx(
                        letters().fromData(new Letter("a", null)), pool.files().creation(file("one", "y", "second")))
                .persist());

        assertThat(letters().query().count()).isZero();
        assertThat(all("one")).containsExactly("x", "y");
        assertThat(text("one", "x")).isEqualTo("first");
        assertThat(text("one", "y")).isEqualTo("first");
    }

    @Test
    void a_file_is_changed_once_in_a_change() {
        PoolFiles files = pool.files();
        Rn<?> x = Rn.file("one", "x");
        FileOperation stores = files.storing(file("one", "x", "1"));
        for (FileOperation other : List.of(files.deletion(x), files.creation(file("one", "x", "2")))) {
            assertThatExceptionOfType(QueryException.class)
                    .isThrownBy(() -> Korm.tx(stores, other).persist());
        }
        assertThatExceptionOfType(QueryException.class)
                .isThrownBy(() -> Korm.tx(letters().fromData(new Letter("a", file("one", "x", "2"))), stores)
                        .persist());
        assertThatExceptionOfType(QueryException.class)
                .isThrownBy(() -> Korm.tx(letters().fromData(new Letter("a", FileRef.to(x))), files.deletion(x))
                        .persist())
                .withMessageContaining("names it");
        assertThat(all("one")).isEmpty();
        assertThat(letters().query().count()).isZero();
    }

    @Test
    void a_file_that_cannot_be_meant_is_refused_when_it_is_named() {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> pool.files().storing(FileRef.to(Rn.file("one", "x"))));
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> pool.files().storing(file("nowhere", "x", "1")));
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> pool.files().deletion(Rn.file("one", "__korm_staging__", "x")));
    }

    @Test
    void a_transaction_with_reads_takes_files_along() {
        pool.files().create(file("one", "old", "old"));
        letters().fromData(new Letter("a", null)).withRn(A).create();

        pool.runTransaction(tx -> {
            Item<Letter> letter = tx.item(Letter.class).fromRn(A).get();
            letter.set(Letter::title, "b").commit();
            tx.change(pool.files().deletion(Rn.file("one", "old")));
            assertThat(text("one", "old")).isEqualTo("old");
        });
        assertThat(all("one")).isEmpty();
        pool.runTransaction(tx -> tx.change(pool.files().creation(file("one", "new", "new"))));
        assertThat(text("one", "new")).isEqualTo("new");
        Throwable thrown = catchThrowable(() -> pool.runTransaction((PoolTransaction.Task<Exception>) tx -> {
            tx.change(pool.files().deletion(Rn.file("one", "new")));
            throw new IllegalStateException("given up");
        }));
        assertThat(thrown).isInstanceOf(IllegalStateException.class);
        assertThat(text("one", "new")).isEqualTo("new");
    }

    /** The members of a change beside its files. */
    public enum Beside {
        NOTHING,
        AN_ITEM,
        ITEMS_OF_TWO_LAYERS
    }

    private void change(Beside beside) {
        PoolFiles files = pool.files();
        List<Change<?>> changes = new ArrayList<>(List.of(
                files.storing(file("one", "kept", "after")),
                files.deletion(Rn.file("one", "old")),
                files.deletion(Rn.file("two", "old")),
                files.creation(file("two", "new", "new"))));
        if (beside != Beside.NOTHING) {
            changes.add(0, letters().fromData(new Letter("a", null)).withRn(A));
        }
        if (beside == Beside.ITEMS_OF_TWO_LAYERS) {
            changes.add(letters().fromData("second", "letters", "private", new Letter("b", null)));
        }
        Korm.tx(changes).persist();
    }

    /** Kills the program at each call of a depot, before it and behind it. */
    @ParameterizedTest
    @EnumSource
    void a_program_that_is_killed_leaves_all_or_nothing(Beside beside) {
        pool.files().create(file("one", "kept", "before"));
        change(beside);
        pool.files().delete(Rn.file("two", "new"));
        List<Boolean> outcomes = new ArrayList<>();
        Random random = Seed.random(getClass());
        for (FaultyDepot dying : List.of(one, two)) {
            for (Call call : Call.values()) {
                for (int nth = 1 + random.nextInt(stride()); nth <= MOST_CALLS; nth += stride()) {
                    boolean reached = false;
                    for (Moment moment : Moment.values()) {
                        begin();
                        dying.dieAt(call, nth, moment);
                        Throwable killed = catchThrowable(() -> change(beside));
                        reached |= killed != null;
                        reopen();
                        outcomes.add(requireWhole(beside, call + " " + nth + " " + moment));
                    }
                    if (!reached) {
                        break;
                    }
                }
            }
        }
        assertThat(outcomes).contains(true, false);
    }

    /** Has everything be as before the change. */
    private void begin() {
        pool.files().store(file("one", "kept", "before"));
        pool.files().store(file("one", "old", "old"));
        pool.files().store(file("two", "old", "old"));
        pool.files().delete(Rn.file("two", "new"));
        letters().query().get().forEach(Item::delete);
        letters().fromQuery("second", "letters", "private").get().forEach(Item::delete);
    }

    /** Waits until the depot's clock, which may tell seconds only, has gone on. */
    private void letTimePass(String name) {
        Instant begun = now(pool.depot(name));
        while (!now(pool.depot(name)).isAfter(begun)) {
            world.advance(Duration.ofSeconds(1));
        }
    }

    private static Instant now(Depot depot) {
        Rn<?> clock = Rn.file(depot.name(), "clock");
        depot.put(clock, new ByteArrayInputStream(new byte[0]), PutOptions.NONE);
        Instant now = depot.stat(clock).orElseThrow().modified();
        depot.delete(clock);
        return now;
    }

    private boolean requireWhole(Beside beside, String step) {
        boolean happened = "after".equals(text("one", "kept"));
        List<@Nullable String> seen =
                Arrays.asList(text("one", "kept"), text("one", "old"), text("two", "old"), text("two", "new"));
        assertThat(seen)
                .as(step)
                .isEqualTo(
                        happened
                                ? Arrays.asList("after", null, null, "new")
                                : Arrays.asList("before", "old", "old", null));
        assertThat(letters().query().count()).as(step).isEqualTo(happened && beside != Beside.NOTHING ? 1 : 0);
        assertThat(letters().fromQuery("second", "letters", "private").count())
                .as(step)
                .isEqualTo(happened && beside == Beside.ITEMS_OF_TWO_LAYERS ? 1 : 0);
        sweep(pool);
        assertThat(all("one")).as(step).noneMatch(name -> name.startsWith("__korm_"));
        assertThat(all("two")).as(step).noneMatch(name -> name.startsWith("__korm_"));
        return happened;
    }

    @Test
    void what_is_finished_late_leaves_alone_what_came_later() {
        pool.files().create(file("one", "old", "old"));
        pool.files().create(file("one", "kept", "before"));
        letTimePass("one");
        one.dieAt(Call.MOVE, 1, Moment.BEFORE);
        assertThatExceptionOfType(FaultyDepot.Killed.class).isThrownBy(() -> Korm.tx(
                        pool.files().storing(file("one", "kept", "after")),
                        pool.files().deletion(Rn.file("one", "old")))
                .persist());
        heal();
        letTimePass("one");
        try (Pool other = Korm.pool()
                .layer("elsewhere", MemoryLayer.create())
                .depot("one", depot("one"))
                .environment(world)
                .open()) {
            other.files().store(file("one", "old", "later"));
            other.files().store(file("one", "kept", "later"));
        }

        reopen();

        assertThat(text("one", "old")).isEqualTo("later");
        assertThat(text("one", "kept")).isEqualTo("later");
        assertThat(all("one")).containsExactly("kept", "old");
    }

    @Test
    void a_depot_that_fails_after_the_decision_says_so_and_the_rest_is_done() {
        pool.files().create(file("one", "old", "old"));
        pool.files().create(file("two", "old", "old"));
        for (int i = 1; i <= 3; i++) {
            one.fail(Call.DELETE, i, Moment.BEFORE);
        }

        assertThatExceptionOfType(DepotException.class)
                .isThrownBy(() -> Korm.tx(
                                letters().fromData(new Letter("a", null)),
                                pool.files().deletion(Rn.file("one", "old")),
                                pool.files().deletion(Rn.file("two", "old")))
                        .persist())
                .withMessageContaining("The change was stored")
                .withMessageContaining("deletes it");

        assertThat(letters().query().count()).isEqualTo(1);
        assertThat(text("two", "old")).isNull();
        assertThat(sweep(pool).unfinished()).isEqualTo(1);
        assertThat(all("one")).isEmpty();
    }
}
