package dev.korm.testkit.contract.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.file.FileRef;
import dev.korm.file.FileRelease;
import dev.korm.relocate.Relocation;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.DepotSource;
import dev.korm.spi.depot.FileEntry;
import dev.korm.spi.depot.FileStat;
import dev.korm.spi.depot.PutCondition;
import dev.korm.spi.depot.PutOptions;
import dev.korm.testkit.fault.FaultyDepot;
import dev.korm.testkit.fault.FaultyDepot.Call;
import dev.korm.testkit.fault.FaultyDepot.Moment;
import dev.korm.testkit.fault.VirtualEnvironment;
import dev.korm.testkit.memory.MemoryJournal;
import dev.korm.testkit.memory.MemoryLayer;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Files that come to one name from several layers and programs, some late, some after their program was killed: the one of the last change is there in
 * the end. The clocks of the programs differ by hours, either way.
 */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class FileOrderContract {
    private static final Rn<?> FILE = Rn.file("files", "x");

    private final MemoryLayer left = MemoryLayer.create();
    private final MemoryLayer right = MemoryLayer.create();
    private final List<Program> programs = new ArrayList<>();

    /** Returns the depot to hold against the contract; each test begins with an empty one, and opens it several times. */
    protected abstract DepotSource depot();

    /** An item with a file. */
    public record Letter(String title, FileRef scan) {}

    /** A program with the two layers and the depot. */
    private final class Program {
        final VirtualEnvironment clock =
                VirtualEnvironment.seeded(programs.size()).withThreads();
        final FaultyDepot faulty = FaultyDepot.around(depot());
        final Pool pool;

        /** @param hours by which its clock is fast */
        Program(long hours) {
            clock.setTime(VirtualEnvironment.START.plus(Duration.ofHours(hours)));
            pool = Korm.pool()
                    .layer("left", left)
                    .layer("right", right)
                    .depot("files", faulty, FileRelease.KEEP)
                    .withWal(MemoryJournal.create())
                    .environment(clock)
                    .open();
            programs.add(this);
        }

        Items<Letter> letters() {
            return Korm.item(Letter.class, pool);
        }

        Item<Letter> only(String layer) {
            return letters().fromQuery(layer, "letters", "private").first().orElseThrow();
        }

        Relocation<Letter> relocation() {
            return Korm.collection(Letter.class, pool)
                    .from("left", "letters", "private")
                    .to("right");
        }

        Item<Letter> create(String layer, String content) {
            return letters()
                    .fromData(layer, "letters", "private", new Letter("a", file(content)))
                    .create();
        }

        Item<Letter> edit(String layer, String content) {
            return only(layer)
                    .update(now -> new Letter("a", now.scan().edit(bytes(content))))
                    .commit();
        }

        /** Is killed when the item is stored and its file is not at its name. */
        void isKilledEditing(String layer, String content) {
            isKilled(() -> edit(layer, content));
        }

        void isKilled(Runnable change) {
            faulty.dieAt(Call.MOVE, 1, Moment.BEFORE);
            assertThatExceptionOfType(FaultyDepot.Killed.class).isThrownBy(change::run);
        }

        void close() {
            faulty.heal();
            pool.close();
        }
    }

    @AfterEach
    void close() {
        programs.forEach(Program::close);
    }

    private static FileRef file(String content) {
        return FileRef.of("files", "x", bytes(content));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Opens a pool, which finishes what was cut off, and holds that nothing but the file is left there. */
    private void recovered(String content) {
        Program last = new Program(0);
        assertThat(last.pool.files().get(FILE).text()).isEqualTo(content);
        try (Stream<FileEntry> all = last.pool.depot("files").list(Rn.prefix("files"))) {
            assertThat(all.map(FileEntry::rn).toList()).hasSize(1);
        }
    }

    @Test
    void a_change_that_was_cut_off_replaces_what_the_item_had_before_it_was_moved() {
        Program fast = new Program(5);
        fast.create("left", "first");
        fast.only("left").moveTo("right").commit();

        new Program(0).isKilledEditing("right", "second");

        recovered("second");
    }

    @Test
    void a_change_that_was_cut_off_replaces_what_the_item_had_before_its_collection_was_moved() {
        Program fast = new Program(5);
        fast.create("left", "first");
        fast.relocation().move();

        new Program(0).isKilledEditing("right", "second");

        recovered("second");
    }

    @Test
    void a_change_that_is_finished_late_does_not_replace_what_the_item_got_after_it_was_moved() {
        new Program(0).create("left", "first");
        Program slow = new Program(-5);
        new Program(5).isKilledEditing("left", "second");
        slow.only("left").moveTo("right").commit();
        slow.edit("right", "third");

        recovered("third");
    }

    @Test
    void of_two_changes_that_were_cut_off_the_one_after_the_move_is_there() {
        new Program(0).create("left", "first");
        Program slow = new Program(-5);
        new Program(5).isKilledEditing("left", "second");
        slow.only("left").moveTo("right").commit();
        slow.isKilledEditing("right", "third");

        recovered("third");
    }

    @Test
    void a_late_mover_does_not_replace_what_the_item_got_after_it_was_moved() {
        Program late = new Program(5);
        late.create("left", "first");
        Program other = new Program(0);
        late.faulty.at(Call.MOVE, 1, Moment.BEFORE, () -> {
            other.only("left").moveTo("right").commit();
            other.edit("right", "third");
        });

        late.edit("left", "second");

        recovered("third");
    }

    @Test
    void a_late_mover_does_not_replace_the_file_of_an_item_that_came_after_its_own_was_deleted() {
        Program late = new Program(5);
        late.create("left", "first");
        Program other = new Program(0);
        late.faulty.at(Call.MOVE, 1, Moment.BEFORE, () -> {
            other.only("left").delete();
            other.create("right", "third");
        });

        late.edit("left", "second");

        recovered("third");
    }

    @Test
    void the_original_of_a_copy_has_its_file_back_although_its_revisions_are_lower() {
        Program fast = new Program(5);
        fast.create("left", "first");
        fast.relocation().copy();
        fast.edit("right", "of the copy");
        assertThat(fast.only("right").revision())
                .isGreaterThan(fast.only("left").revision() + 1);

        new Program(0).isKilledEditing("left", "of the original");

        recovered("of the original");
    }

    @Test
    void the_original_of_a_copy_does_not_get_back_late_what_the_copy_has_replaced() {
        new Program(0).create("left", "first");
        Program slow = new Program(-5);
        slow.relocation().copy();
        new Program(5).isKilledEditing("left", "of the original");
        slow.edit("right", "of the copy");

        recovered("of the copy");
    }

    @Test
    void a_deletion_that_was_cut_off_takes_away_what_was_there_and_nothing_that_came_later() {
        Program fast = new Program(5);
        fast.pool.files().create(file("first"));
        Program slow = new Program(-5);
        slow.faulty.dieAt(Call.DELETE, 1, Moment.BEFORE);
        assertThatExceptionOfType(FaultyDepot.Killed.class)
                .isThrownBy(() -> Korm.tx(slow.pool.files().deletion(FILE)).persist());

        Program next = new Program(0);
        assertThat(next.pool.files().find(FILE)).isEmpty();

        next.pool.files().create(file("second"));
        fast.faulty.dieAt(Call.DELETE, 1, Moment.BEFORE);
        assertThatExceptionOfType(FaultyDepot.Killed.class)
                .isThrownBy(() -> Korm.tx(fast.pool.files().deletion(FILE)).persist());
        next.pool.files().store(file("third"));

        recovered("third");
    }

    @Test
    void a_file_by_itself_that_was_cut_off_replaces_what_was_there_and_nothing_that_came_later() {
        Program fast = new Program(5);
        fast.pool.files().create(file("first"));
        Program slow = new Program(-5);
        slow.isKilled(() -> Korm.tx(slow.pool.files().storing(file("second"))).persist());

        Program next = new Program(0);
        assertThat(next.pool.files().get(FILE).text()).isEqualTo("second");

        fast.isKilled(() -> Korm.tx(fast.pool.files().storing(file("third"))).persist());
        next.pool.files().store(file("fourth"));

        recovered("fourth");
    }

    @Test
    void who_has_the_file_between_the_staging_and_the_change_of_another_comes_before_it() throws Exception {
        Program program = new Program(0);
        program.create("left", "first");
        CountDownLatch staged = new CountDownLatch(1);
        CountDownLatch edited = new CountDownLatch(1);
        program.faulty.at(Call.PUT, 1, Moment.AFTER, () -> {
            staged.countDown();
            await(edited);
        });
        program.faulty.dieAt(Call.MOVE, 2, Moment.BEFORE);
        Thread third = new Thread(
                () -> assertThatExceptionOfType(FaultyDepot.Killed.class).isThrownBy(() -> program.letters()
                        .fromData("right", "letters", "private", new Letter("b", file("third")))
                        .create()));
        third.start();
        await(staged);

        program.edit("left", "second");
        assertThat(program.pool.files().get(FILE).text()).isEqualTo("second");
        edited.countDown();
        third.join();

        recovered("third");
    }

    private static void await(CountDownLatch event) {
        try {
            assertThat(event.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException unexpected) {
            throw new AssertionError(unexpected);
        }
    }

    @Test
    void what_an_older_program_has_staged_is_finished_by_the_clock_of_the_depot() {
        Program old = new Program(0);
        old.create("left", "first");
        old.only("left").moveTo("right").commit();
        old.isKilledEditing("right", "second");
        old.faulty.heal();
        Depot depot = old.pool.depot("files");
        FileStat staged = depot.stat(staged(depot)).orElseThrow();
        Map<String, String> attributes = new HashMap<>(staged.attributes());
        assertThat(attributes.remove("korm-after")).isNotNull();
        PutOptions options = new PutOptions(
                staged.contentType(), attributes, PutCondition.NONE, OptionalLong.empty(), Optional.empty());
        depot.put(staged.rn(), new ByteArrayInputStream(bytes("second")), options);

        recovered("second");
    }

    private static Rn<?> staged(Depot depot) {
        try (Stream<FileEntry> all = depot.list(Rn.prefix("files", "__korm_staging__"))) {
            return all.map(FileEntry::rn).findFirst().orElseThrow();
        }
    }
}
