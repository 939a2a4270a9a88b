package dev.korm.testkit.contract.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.korm.Assignment;
import dev.korm.FileBusyException;
import dev.korm.Filter;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.OperationInterruptedException;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.Rn;
import dev.korm.StoreException;
import dev.korm.StoreException.Outcome;
import dev.korm.Stored;
import dev.korm.depot.DepotException;
import dev.korm.file.FileRef;
import dev.korm.file.FileRelease;
import dev.korm.file.Sweep;
import dev.korm.file.SweepReport;
import dev.korm.spi.LayerSource;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.DepotSource;
import dev.korm.spi.depot.FileEntry;
import dev.korm.spi.depot.PutOptions;
import dev.korm.testkit.fault.FaultyDepot;
import dev.korm.testkit.fault.FaultyDepot.Call;
import dev.korm.testkit.fault.FaultyDepot.Moment;
import dev.korm.testkit.fault.FaultyLayer;
import dev.korm.testkit.fault.VirtualEnvironment;
import dev.korm.testkit.memory.MemoryLayer;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The behaviour of files when changes are cut off, meet each other, or come late, in one program and in two that share
 * a layer and two depots. Whatever happens, an item that was stored has its bytes, and nothing that is found keeps a
 * pool from opening.
 */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class FileRecoveryContract {
    private static final long LONGEST = 30;

    private final VirtualEnvironment world = VirtualEnvironment.seeded(1).withThreads();
    private final List<Pool> pools = new ArrayList<>();
    private FaultyLayer layer;
    private FaultyDepot one;
    private FaultyDepot two;
    private Pool pool;

    /**
     * Returns the layer to hold against the contract; each test begins with an empty one, and opens it several times.
     */
    protected abstract LayerSource layer();

    /**
     * Returns a depot to hold against the contract, by name; each test begins with empty ones, and opens them several
     * times.
     */
    protected abstract DepotSource depot(String name);

    /** An item with a file in each depot. */
    @Stored(namespace = "letters", kind = "private")
    public record Letter(
            String title, @Nullable FileRef scan, @Nullable FileRef copy) {}

    @BeforeEach
    void openPool() {
        layer = FaultyLayer.around(layer());
        one = FaultyDepot.around(depot("one"));
        two = FaultyDepot.around(depot("two"));
        pool = open(builder -> builder);
    }

    private Pool open(Function<PoolBuilder, PoolBuilder> more) {
        Pool opened = more.apply(Korm.pool()
                        .layer("main", layer)
                        .depot("one", one, FileRelease.KEEP)
                        .depot("two", two, FileRelease.KEEP)
                        .environment(world))
                .open();
        pools.add(opened);
        return opened;
    }

    private void reopen() {
        heal();
        pool.close();
        pool = open(builder -> builder);
    }

    private void heal() {
        layer.heal();
        one.heal();
        two.heal();
    }

    /** Opens another program that shares the layer and the depots. */
    private Pool other(@Nullable FaultyDepot first) {
        DepotSource source = first == null ? depot("one") : first;
        Pool other = Korm.pool()
                .layer("main", layer())
                .depot("one", source, FileRelease.KEEP)
                .depot("two", depot("two"), FileRelease.KEEP)
                .environment(world)
                .open();
        pools.add(other);
        return other;
    }

    @AfterEach
    void closePools() {
        heal();
        pools.forEach(Pool::close);
    }

    private Items<Letter> letters() {
        return Korm.item(Letter.class, pool);
    }

    private Item<Letter> create(String title, @Nullable FileRef scan, @Nullable FileRef copy) {
        return letters().fromData(new Letter(title, scan, copy)).create();
    }

    private static FileRef file(String depot, String path, String content) {
        return FileRef.of(depot, path, content.getBytes(StandardCharsets.UTF_8));
    }

    private static FileRef edit(FileRef file, String content) {
        return file.edit(content.getBytes(StandardCharsets.UTF_8));
    }

    private String text(String depot, String... parts) {
        return pool.files().get(Rn.file(depot, parts)).text();
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

    private long stored(String title) {
        return letters().query().where(Filter.eq("title", title)).count();
    }

    private static void await(CountDownLatch event) {
        try {
            assertThat(event.await(LONGEST, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException unexpected) {
            throw new AssertionError(unexpected);
        }
    }

    private void killed(Runnable change) {
        assertThatExceptionOfType(FaultyDepot.Killed.class).isThrownBy(change::run);
    }

    @Test
    void a_change_with_files_in_two_depots_is_finished_in_both() {
        for (int move = 1; move <= 2; move++) {
            String path = "letters/" + move;
            FaultyDepot dying = move == 1 ? one : two;
            dying.dieAt(Call.MOVE, 1, Moment.BEFORE);
            killed(() -> create("a", file("one", path, "1"), file("two", path, "2")));

            reopen();

            assertThat(text("one", "letters", "" + move)).isEqualTo("1");
            assertThat(text("two", "letters", "" + move)).isEqualTo("2");
            assertThat(sweep(pool)).isEqualTo(new SweepReport(2L * move, 2L * move, 0, 0, 0, 0, 0, 0));
        }
    }

    @Test
    void a_program_that_lacks_a_depot_of_the_change_leaves_what_proves_it() {
        one.dieAt(Call.MOVE, 1, Moment.BEFORE);
        killed(() -> create("a", file("one", "x", "1"), file("two", "y", "2")));
        try (Pool lacking =
                Korm.pool().layer("main", layer()).depot("one", depot("one")).open()) {
            assertThat(lacking.files().get(Rn.file("one", "x")).text()).isEqualTo("1");
            world.advance(Duration.ofDays(40));
            sweep(lacking);
        }

        reopen();

        assertThat(text("two", "y")).isEqualTo("2");
        sweep(pool);
        assertThat(all("one")).containsExactly("x");
        assertThat(all("two")).containsExactly("y");
    }

    @Test
    void an_opening_while_another_program_stages_its_files_keeps_what_proves_its_change() throws Exception {
        FaultyDepot seen = FaultyDepot.around(depot("one"));
        CountDownLatch staged = new CountDownLatch(1);
        CountDownLatch listed = new CountDownLatch(1);
        CountDownLatch died = new CountDownLatch(1);
        one.at(Call.PUT, 1, Moment.AFTER, () -> {
            staged.countDown();
            await(listed);
        });
        two.dieAt(Call.MOVE, 1, Moment.BEFORE);
        one.dieAt(Call.MOVE, 1, Moment.BEFORE);
        seen.at(Call.LIST, 1, Moment.AFTER, () -> {
            listed.countDown();
            await(died);
        });
        Thread change = new Thread(() -> {
            try {
                killed(() -> Korm.tx(
                                letters().fromData(new Letter("a", file("one", "x", "1"), file("two", "y", "2"))),
                                letters().fromData(new Letter("b", file("one", "z", "3"), null)))
                        .persist());
            } finally {
                died.countDown();
            }
        });
        change.start();
        await(staged);
        other(seen);
        change.join();

        reopen();

        assertThat(text("one", "x")).isEqualTo("1");
        assertThat(text("two", "y")).isEqualTo("2");
        assertThat(text("one", "z")).isEqualTo("3");
        assertThat(sweep(pool)).isEqualTo(new SweepReport(3, 3, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void a_sweep_that_takes_a_slow_change_for_one_that_was_cut_off_keeps_it_from_happening() {
        Pool other = other(null);
        two.at(Call.PUT, 1, Moment.AFTER, () -> assertThat(sweep(other).leftovers())
                .isEqualTo(2));

        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> create("a", file("one", "x", "1"), file("two", "y", "2")))
                .satisfies(refused -> assertThat(refused.outcome()).isEqualTo(Outcome.NOT_APPLIED));

        assertThat(stored("a")).isZero();
        assertThat(all("one")).isEmpty();
        assertThat(all("two")).isEmpty();
        create("a", file("one", "x", "1"), file("two", "y", "2"));
        assertThat(text("one", "x")).isEqualTo("1");
        assertThat(sweep(pool)).isEqualTo(new SweepReport(2, 2, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void a_sweep_does_not_miss_a_file_that_another_program_has_still_to_bring_to_its_name() {
        pool.depot("one").put(Rn.file("one", "alone"), new ByteArrayInputStream(new byte[1]), PutOptions.NONE);
        FaultyDepot seen = FaultyDepot.around(depot("one"));
        Pool other = other(seen);
        one.dieAt(Call.MOVE, 1, Moment.BEFORE);
        // The first listing is of what is staged, the second of the files; the item is read after it, for the file that
        // nobody names.
        seen.at(Call.LIST, 2, Moment.AFTER, () -> killed(() -> create("a", file("one", "x", "1"), null)));

        assertThat(sweep(other).missing()).isZero();

        one.heal();
        assertThat(stored("a")).isEqualTo(1);
        assertThat(text("one", "x")).isEqualTo("1");
    }

    @Test
    void an_error_that_nobody_expects_takes_no_bytes_from_an_item_that_was_stored() {
        List<Supplier<Throwable>> failures =
                List.of(StackOverflowError::new, IllegalStateException::new, OutOfMemoryError::new);
        for (Supplier<Throwable> failure : failures) {
            String title = failure.get().getClass().getSimpleName();
            layer.fail(FaultyLayer.Call.APPLY, 1, FaultyLayer.Moment.AFTER, name -> thrown(failure.get()));

            Throwable seen = catchThrowable(() -> create(title, file("one", title, title), file("two", title, title)));

            assertThat(seen).isInstanceOf(failure.get().getClass());
            assertThat(stored(title)).isEqualTo(1);
            reopen();
            assertThat(text("one", title)).isEqualTo(title);
            assertThat(text("two", title)).isEqualTo(title);
        }
        assertThat(sweep(pool)).isEqualTo(new SweepReport(6, 6, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void an_error_that_nobody_expects_leaves_no_bytes_of_an_item_that_was_not_stored() {
        layer.fail(FaultyLayer.Call.APPLY, 1, FaultyLayer.Moment.BEFORE, name -> thrown(new StackOverflowError()));

        assertThatExceptionOfType(StackOverflowError.class)
                .isThrownBy(() -> create("a", file("one", "x", "1"), file("two", "y", "2")));

        assertThat(stored("a")).isZero();
        assertThat(all("one")).isEmpty();
        assertThat(all("two")).isEmpty();
    }

    private static RuntimeException thrown(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return (RuntimeException) failure;
    }

    @Test
    void of_several_files_the_others_are_brought_to_their_places_when_one_cannot_be() {
        for (int i = 1; i <= 3; i++) {
            one.fail(Call.MOVE, i, Moment.BEFORE);
        }

        assertThatExceptionOfType(DepotException.class)
                .isThrownBy(() -> create("a", file("one", "x", "1"), file("two", "y", "2")))
                .withMessageContaining("The item was stored");

        assertThat(text("two", "y")).isEqualTo("2");
        assertThat(sweep(pool).unfinished()).isEqualTo(1);
        assertThat(text("one", "x")).isEqualTo("1");
    }

    @Test
    void what_cannot_be_settled_at_an_opening_is_set_aside_and_nothing_else_waits_for_it() {
        one.dieAt(Call.MOVE, 1, Moment.BEFORE);
        killed(() -> create("a", file("one", "x", "1"), file("two", "y", "2")));
        heal();
        pool.close();
        one.fail(Call.MOVE, 1, Moment.BEFORE);
        pool = open(builder -> builder);

        assertThat(text("two", "y")).isEqualTo("2");
        assertThat(pool.files().setAside()).singleElement().satisfies(aside -> {
            assertThat(aside.file()).isEqualTo(Rn.file("one", "x"));
            assertThat(aside.reason()).isInstanceOf(DepotException.class);
            assertThat(new String(
                            pool.depot("one").get(aside.staged()).stream().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("1");
        });
        one.fail(Call.MOVE, 1, Moment.BEFORE);
        List<Sweep.Finding> findings = new ArrayList<>();
        SweepReport report =
                pool.sweep().grace(Duration.ZERO).each(findings::add).run();
        assertThat(findings).singleElement().isInstanceOf(Sweep.SetAside.class);
        assertThat(report.setAside()).isEqualTo(1);

        assertThat(sweep(pool).unfinished()).isEqualTo(1);
        assertThat(pool.files().setAside()).isEmpty();
        assertThat(text("one", "x")).isEqualTo("1");
        assertThat(sweep(pool)).isEqualTo(new SweepReport(2, 2, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void a_depot_or_layer_that_cannot_be_looked_through_keeps_no_pool_from_opening() {
        one.dieAt(Call.MOVE, 1, Moment.BEFORE);
        killed(() -> create("a", file("one", "x", "1"), file("two", "y", "2")));
        heal();
        pool.close();
        // Both the look for a log of the original's and the one for staged files.
        one.fail(Call.LIST, 1, Moment.BEFORE);
        one.fail(Call.LIST, 2, Moment.BEFORE);
        layer.failNext(FaultyLayer.Call.SELECT, FaultyLayer.Moment.BEFORE, Outcome.NOT_APPLIED);
        pool = open(builder -> builder);

        assertThat(pool.files().setAside())
                .extracting(aside -> aside.reason() instanceof DepotException ? "depot" : "layer")
                .containsExactly("depot", "layer");
        heal();
        sweep(pool);
        assertThat(text("one", "x")).isEqualTo("1");
        assertThat(text("two", "y")).isEqualTo("2");
    }

    @Test
    void a_late_mover_does_not_replace_what_a_later_revision_has_brought() {
        Item<Letter> letter = create("a", file("one", "x", "first"), null);
        Pool other = other(null);
        one.at(Call.MOVE, 1, Moment.BEFORE, () -> Korm.item(Letter.class, other)
                .fromRn(letter.rn())
                .get()
                .update(now -> new Letter("a", edit(now.scan(), "third"), null))
                .commit());

        letter.update(now -> new Letter("a", edit(now.scan(), "second"), null)).commit();

        assertThat(text("one", "x")).isEqualTo("third");
        assertThat(all("one")).containsExactly("x");
    }

    @Test
    void what_is_finished_late_does_not_replace_what_came_later() {
        Item<Letter> letter = create("a", file("one", "x", "first"), file("two", "y", "first"));
        one.dieAt(Call.MOVE, 1, Moment.BEFORE);
        killed(() -> letter.update(now -> new Letter("a", edit(now.scan(), "second"), edit(now.copy(), "second")))
                .commit());
        heal();
        letTimePass("two");
        Pool without = Korm.pool()
                .layer("other", MemoryLayer.create())
                .depot("two", depot("two"))
                .environment(world)
                .open();
        pools.add(without);
        without.files().store(file("two", "y", "of another program"));

        reopen();

        assertThat(text("one", "x")).isEqualTo("second");
        assertThat(text("two", "y")).isEqualTo("of another program");
        assertThat(all("one")).containsExactly("x");
        assertThat(all("two")).containsExactly("y");
    }

    /** Waits until the depot's clock, which may tell seconds only, has gone on. */
    private void letTimePass(String name) {
        Depot depot = pool.depot(name);
        Instant begun = now(depot);
        while (!now(depot).isAfter(begun)) {
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

    /** Content that is read when another thread says so. */
    private static FileRef slow(String depot, String path, CountDownLatch begun, CountDownLatch goOn) {
        Supplier<InputStream> content = () -> {
            begun.countDown();
            await(goOn);
            return new ByteArrayInputStream("slow".getBytes(StandardCharsets.UTF_8));
        };
        return FileRef.of(depot, path, content);
    }

    @Test
    void nobody_waits_for_an_upload() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Item<Letter> letter = create("a", file("one", "x", "first"), null);
        Thread upload = new Thread(() -> create("slow", slow("one", "x", begun, goOn), file("two", "y", "1")));
        upload.start();
        await(begun);

        for (int i = 0; i < 5; i++) {
            create("other", FileRef.to(Rn.file("one", "other", "" + i)), null);
        }
        letter.update(now -> new Letter("a", edit(now.scan(), "second"), null)).commit();
        assertThat(text("one", "x")).isEqualTo("second");

        goOn.countDown();
        upload.join();
        assertThat(text("one", "x")).isEqualTo("slow");
    }

    @Test
    void a_change_waits_so_long_for_another_of_its_file_and_says_for_whom() throws Exception {
        pool = open(builder -> builder.longestFileWait(Duration.ofMillis(50)));
        CountDownLatch holds = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        one.at(Call.MOVE, 1, Moment.BEFORE, () -> {
            holds.countDown();
            await(goOn);
        });
        Thread first = new Thread(() -> create("first", file("one", "x", "first"), null), "the first");
        first.start();
        await(holds);
        Item<Letter> holder = letters().query().get().get(0);

        assertThatExceptionOfType(FileBusyException.class)
                .isThrownBy(() -> create("second", file("one", "x", "second"), null))
                .withMessageContaining(Rn.file("one", "x").toString())
                .withMessageContaining(holder.rn().toString())
                .withMessageContaining("\"the first\"")
                .satisfies(busy -> assertThat(busy.isRetryable()).isTrue());
        create("third", file("one", "z", "third"), null);

        goOn.countDown();
        first.join();
        assertThat(stored("second")).isZero();
        assertThat(text("one", "x")).isEqualTo("first");
        create("second", file("one", "x", "second"), null);
        assertThat(text("one", "x")).isEqualTo("second");
        assertThat(all("one")).containsExactly("x", "z");
    }

    @Test
    void a_thread_that_is_interrupted_while_it_waits_for_a_file_is_told_so() throws Exception {
        CountDownLatch holds = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        one.at(Call.MOVE, 1, Moment.BEFORE, () -> {
            holds.countDown();
            await(goOn);
        });
        Thread first = new Thread(() -> create("first", file("one", "x", "first"), null));
        first.start();
        await(holds);
        List<Throwable> seen = new ArrayList<>();
        List<Boolean> flag = new ArrayList<>();
        CountDownLatch staged = new CountDownLatch(1);
        one.at(Call.PUT, 1, Moment.AFTER, staged::countDown);
        Thread second = new Thread(() -> {
            seen.add(catchThrowable(() -> create("second", file("one", "x", "second"), null)));
            flag.add(Thread.interrupted());
        });
        second.start();
        await(staged);
        while (second.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }

        second.interrupt();
        second.join();

        assertThat(seen.get(0))
                .isInstanceOf(OperationInterruptedException.class)
                .hasMessageContaining(Rn.file("one", "x").toString());
        assertThat(flag).containsExactly(true);
        goOn.countDown();
        first.join();
        assertThat(stored("second")).isZero();
        assertThat(text("one", "x")).isEqualTo("first");
    }

    @Test
    void a_thread_that_is_interrupted_after_its_item_was_stored_is_told_so() {
        for (int failing = 0; failing <= 1; failing++) {
            String title = "interrupted " + failing;
            one.at(Call.MOVE, 1, Moment.BEFORE, () -> Thread.currentThread().interrupt());
            if (failing == 1) {
                one.fail(Call.MOVE, 1, Moment.BEFORE);
            }

            Throwable seen = catchThrowable(() -> create(title, file("one", title, title), null));

            assertThat(Thread.interrupted()).isTrue();
            if (seen != null) {
                assertThat(seen)
                        .isInstanceOf(OperationInterruptedException.class)
                        .hasMessageContaining("The item was stored")
                        .hasMessageContaining(Rn.file("one", title).toString());
            }
            assertThat(seen != null || failing == 0).isTrue();
            assertThat(stored(title)).isEqualTo(1);
            reopen();
            assertThat(text("one", title)).isEqualTo(title);
        }
    }

    @Test
    void a_sweep_reads_the_items_twice_however_many_files_nobody_names() {
        for (int i = 0; i < 3; i++) {
            create("a", file("one", "kept/" + i, "1"), null);
        }
        pool.files().create(file("two", "alone/0", "1"));
        long few = selects(() -> sweep(pool));
        for (int i = 1; i < 300; i++) {
            pool.files().create(file("two", "alone/" + i, "1"));
        }

        long many = selects(() -> assertThat(sweep(pool).unclaimed()).isEqualTo(300));

        assertThat(many).isEqualTo(few);
    }

    private long selects(Runnable work) {
        long before = layer.calls(FaultyLayer.Call.SELECT);
        work.run();
        return layer.calls(FaultyLayer.Call.SELECT) - before;
    }

    @Test
    void a_sweep_takes_nothing_that_a_change_has_named_since_the_items_were_read() {
        sweepsBehind(() -> create("named anew", FileRef.to(Rn.file("one", "x")), null));
    }

    @Test
    void a_sweep_takes_nothing_that_a_change_of_many_has_named_since_the_items_were_read() {
        create("named anew", null, null);
        sweepsBehind(() -> assertThat(letters()
                        .query()
                        .where(Filter.eq("title", "named anew"))
                        .updateAll(Assignment.set("scan", FileRef.to(Rn.file("one", "x")))))
                .isEqualTo(1));
    }

    /** Sweeps files that nobody names, and names the file x when the sweep has read all items and is about to remove what it has found. */
    private void sweepsBehind(Runnable change) {
        pool.close();
        pool = Korm.pool()
                .layer("main", layer)
                .depot("one", one, FileRelease.DELETE)
                .depot("two", two, FileRelease.KEEP)
                .environment(world)
                .open();
        pools.add(pool);
        create("goes", file("one", "x", "1"), null);
        create("goes", file("one", "y", "1"), null);
        // Nothing is released, since it cannot be seen whether others name it.
        layer.failNext(FaultyLayer.Call.TABLES, FaultyLayer.Moment.BEFORE, Outcome.NOT_APPLIED);
        letters().query().where(Filter.eq("title", "goes")).deleteAll();
        assertThat(all("one")).containsExactly("x", "y");
        // What is staged, what there is, and once more to take away what nobody names.
        one.at(Call.LIST, 3, Moment.BEFORE, change);

        assertThat(sweep(pool).unnamed()).isEqualTo(1);

        assertThat(all("one")).containsExactly("x");
    }

    @Test
    void names_that_a_depot_cannot_hold_are_told_of_as_missing() {
        create("a", FileRef.to(Rn.file("one", "docs")), FileRef.to(Rn.file("two", "docs", "1")));
        create("b", FileRef.to(Rn.file("one", "x".repeat(2_000))), null);
        pool.files().create(file("one", "docs/1", "1"));
        pool.files().create(file("two", "docs", "1"));

        SweepReport report = sweep(pool);

        assertThat(report.missing()).isEqualTo(3);
        assertThat(report.unclaimed()).isEqualTo(2);
    }

    @Test
    void what_a_depot_cannot_place_is_refused_before_the_item_is_stored() {
        create("a", file("one", "docs", "1"), file("two", "pics/1", "1"));

        Throwable refused = catchThrowable(() -> create("b", file("one", "docs/1", "2"), file("two", "pics", "2")));

        if (refused == null) {
            assertThat(text("one", "docs", "1")).isEqualTo("2");
            assertThat(text("two", "pics")).isEqualTo("2");
        } else {
            assertThat(refused)
                    .isInstanceOf(dev.korm.depot.FileNameException.class)
                    .hasMessageContaining("docs:1");
            assertThat(stored("b")).isZero();
        }
        assertThat(text("one", "docs")).isEqualTo("1");
        assertThat(sweep(pool).setAside()).isZero();
        reopen();
        assertThat(pool.files().setAside()).isEmpty();
    }

    @Test
    void two_files_of_which_one_lies_below_the_other_are_both_placed_or_refused() {
        Throwable refused = catchThrowable(() -> Korm.tx(
                        letters().fromData(new Letter("a", file("one", "docs", "1"), null)),
                        letters().fromData(new Letter("b", file("one", "docs/1", "2"), null)))
                .persist());

        if (refused == null) {
            assertThat(text("one", "docs")).isEqualTo("1");
            assertThat(text("one", "docs", "1")).isEqualTo("2");
        } else {
            assertThat(refused).isInstanceOf(dev.korm.depot.FileNameException.class);
            assertThat(letters().query().count()).isZero();
            assertThat(all("one")).isEmpty();
        }
    }

    @Test
    void a_file_whose_place_was_taken_meanwhile_is_set_aside_until_the_place_is_free() {
        one.dieAt(Call.MOVE, 1, Moment.BEFORE);
        killed(() -> create("a", file("one", "docs/1", "1"), file("two", "y", "2")));
        try (Pool without = Korm.pool()
                .layer("other", MemoryLayer.create())
                .depot("one", depot("one"))
                .open()) {
            without.files().create(file("one", "docs", "in the way"));
        }

        reopen();

        assertThat(text("two", "y")).isEqualTo("2");
        if (!pool.files().setAside().isEmpty()) {
            SweepReport report = sweep(pool);
            assertThat(report.setAside()).isEqualTo(1);
            assertThat(report.missing()).isZero();
            pool.files().delete(Rn.file("one", "docs"));
            assertThat(sweep(pool).unfinished()).isEqualTo(1);
        }
        assertThat(text("one", "docs", "1")).isEqualTo("1");
    }
}
