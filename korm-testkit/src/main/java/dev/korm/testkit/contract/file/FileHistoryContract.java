package dev.korm.testkit.contract.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.korm.Change;
import dev.korm.ConfigurationException;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.file.FileRef;
import dev.korm.file.FileRelease;
import dev.korm.file.FileVersion;
import dev.korm.file.PoolFiles;
import dev.korm.history.Operation;
import dev.korm.history.UndoRefusedException;
import dev.korm.spi.LayerSource;
import dev.korm.spi.depot.DepotSource;
import dev.korm.spi.depot.FileEntry;
import dev.korm.testkit.fault.FaultyDepot;
import dev.korm.testkit.fault.FaultyDepot.Call;
import dev.korm.testkit.fault.FaultyDepot.Moment;
import dev.korm.testkit.fault.FaultyLayer;
import dev.korm.testkit.fault.VirtualEnvironment;
import dev.korm.testkit.memory.MemoryJournal;
import dev.korm.testkit.memory.MemoryLayer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The bytes of files in the history: kept with each change, brought back by an undo whatever became of the file, told, read as of a moment, purged, and in step with the
 * items also where the program is killed at any call of the depot.
 */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class FileHistoryContract {
    private static final int MOST_CALLS = 40;
    private static final int FEW_CALLS = 1;
    private static final String COPIES = "__korm_history__";

    private final VirtualEnvironment world = VirtualEnvironment.seeded(1).withThreads();
    private final MemoryLayer second = MemoryLayer.create();
    private final MemoryJournal journal = MemoryJournal.create().recordFiles();
    private FaultyLayer layer;
    private FaultyDepot depot;
    private Pool pool;

    /** Returns the layer to hold against the contract; each test begins with an empty one, and opens it several times. */
    protected abstract LayerSource layer();

    /** Returns the depot "files" to hold against the contract; each test begins with an empty one, and opens it several times. */
    protected abstract DepotSource depot();

    /** An item that may name a file. */
    @Stored(namespace = "letters", kind = "private")
    public record Letter(String title, @Nullable FileRef scan) {}

    @BeforeEach
    void openPool() {
        layer = FaultyLayer.around(layer());
        depot = FaultyDepot.around(depot());
        pool = builder(journal, FileRelease.DELETE).open();
    }

    private PoolBuilder builder(MemoryJournal with, FileRelease release) {
        return Korm.pool()
                .layer("main", layer)
                .layer("second", second)
                .home("letters", "private", "main")
                .depot("files", depot, release)
                .withWal(with)
                .withHistory()
                .environment(world);
    }

    private void reopen() {
        journal.crash();
        heal();
        pool.close();
        pool = builder(journal, FileRelease.DELETE).open();
    }

    private void heal() {
        layer.heal();
        depot.heal();
    }

    @AfterEach
    void closePool() {
        heal();
        pool.close();
    }

    private Items<Letter> letters() {
        return Korm.item(Letter.class, pool);
    }

    private static FileRef file(String path, String content) {
        return FileRef.of("files", path, content.getBytes(StandardCharsets.UTF_8))
                .withContentType("text/x-" + content);
    }

    private @Nullable String text(String name) {
        return pool.files()
                .find(Rn.file("files", name))
                .map(found -> found.text() + " " + found.contentType().orElse("?"))
                .orElse(null);
    }

    private static String is(String content) {
        return content + " text/x-" + content;
    }

    private String last(Item<Letter> letter) {
        return letters().history(letter.rn()).newest(1).get(0).transaction().orElseThrow();
    }

    private String last(String name) {
        return pool.files()
                .history(Rn.file("files", name))
                .findFirst()
                .orElseThrow()
                .transaction()
                .orElseThrow();
    }

    private void undo(String transaction) {
        pool.history().undo(transaction);
    }

    private List<String> own() {
        try (Stream<FileEntry> all = pool.depot("files").list(Rn.prefix("files"))) {
            return all.map(entry -> String.join("/", entry.rn().depotParts()))
                    .filter(name -> name.startsWith("__korm_"))
                    .sorted()
                    .toList();
        }
    }

    private long copies() {
        return own().stream().filter(name -> name.startsWith(COPIES)).count();
    }

    private void sweep() {
        pool.sweep().grace(Duration.ZERO).run();
    }

    @Test
    void bytes_of_an_item_s_file_come_back_with_each_undo() {
        Item<Letter> created =
                letters().fromData(new Letter("a", file("scan", "one"))).create();
        String creation = last(created);
        Item<Letter> changed = created.set(
                        Letter::scan,
                        created.data()
                                .scan()
                                .edit("two".getBytes(StandardCharsets.UTF_8))
                                .withContentType("text/x-two"))
                .commit();
        String change = last(created);
        assertThat(text("scan")).isEqualTo(is("two"));
        changed.delete();
        String deletion = last(created);
        sweep();
        assertThat(text("scan")).isNull();

        undo(deletion);
        assertThat(text("scan")).isEqualTo(is("two"));
        assertThat(letters()
                        .fromRn(created.rn())
                        .resolvePaths("scan")
                        .get()
                        .data()
                        .scan()
                        .text())
                .isEqualTo("two");

        undo(last(created));
        assertThat(letters().fromRn(created.rn()).find()).isEmpty();
        sweep();
        assertThat(text("scan")).isNull();

        undo(last(created));
        assertThat(text("scan")).isEqualTo(is("two"));
        assertThat(catchThrowable(() -> undo(change))).isInstanceOf(UndoRefusedException.class);
        assertThat(catchThrowable(() -> undo(creation))).isInstanceOf(UndoRefusedException.class);
    }

    @Test
    void a_change_of_the_bytes_alone_is_undone_and_that_undone() {
        Item<Letter> letter =
                letters().fromData(new Letter("a", file("scan", "one"))).create();
        letter.set(Letter::scan, file("scan", "two")).commit();
        undo(last(letter));
        assertThat(text("scan")).isEqualTo(is("one"));
        undo(last(letter));
        assertThat(text("scan")).isEqualTo(is("two"));
        undo(last(letter));
        assertThat(text("scan")).isEqualTo(is("one"));
        assertThat(letters().fromRn(letter.rn()).get().data().title()).isEqualTo("a");
    }

    @Test
    void an_item_that_names_another_file_gets_the_former_back() {
        Item<Letter> letter =
                letters().fromData(new Letter("a", file("first", "one"))).create();
        letter.set(Letter::scan, file("second", "two")).commit();
        assertThat(text("first")).isNull();
        undo(last(letter));
        assertThat(text("first")).isEqualTo(is("one"));
        assertThat(text("second")).isNull();
    }

    @Test
    void files_by_themselves_come_back_too() {
        PoolFiles files = pool.files();
        files.create(file("a", "one"));
        String creation = last("a");
        files.store(file("a", "two"));
        undo(last("a"));
        assertThat(text("a")).isEqualTo(is("one"));
        assertThat(files.delete(Rn.file("files", "a"))).isTrue();
        assertThat(files.delete(Rn.file("files", "a"))).isFalse();
        undo(last("a"));
        assertThat(text("a")).isEqualTo(is("one"));
        assertThat(catchThrowable(() -> undo(creation)))
                .as("It has the same bytes")
                .isNull();
        assertThat(text("a")).isNull();
        undo(last("a"));
        assertThat(text("a")).isEqualTo(is("one"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void items_and_files_of_one_transaction_are_undone_together(boolean twoLayers) {
        pool.files().create(file("old", "old"));
        pool.files().create(file("kept", "before"));
        List<Change<?>> changes = new ArrayList<>(List.of(
                letters().fromData(new Letter("a", file("scan", "one"))),
                pool.files().storing(file("kept", "after")),
                pool.files().deletion(Rn.file("files", "old")),
                pool.files().creation(file("new", "new"))));
        if (twoLayers) {
            changes.add(letters().fromData("second", "letters", "private", new Letter("b", file("other", "two"))));
        }
        Korm.tx(changes).persist();
        String transaction = last("kept");
        assertThat(last("old")).isEqualTo(transaction);

        undo(transaction);

        assertThat(text("old")).isEqualTo(is("old"));
        assertThat(text("kept")).isEqualTo(is("before"));
        assertThat(text("new")).isNull();
        assertThat(text("scan")).isNull();
        assertThat(text("other")).isNull();
        assertThat(letters().query().count()).isZero();

        undo(last("kept"));
        assertThat(text("old")).isNull();
        assertThat(text("kept")).isEqualTo(is("after"));
        assertThat(text("new")).isEqualTo(is("new"));
        assertThat(text("scan")).isEqualTo(is("one"));
        assertThat(text("other")).isEqualTo(twoLayers ? is("two") : null);
    }

    @Test
    void what_came_later_is_not_overwritten() {
        Item<Letter> letter =
                letters().fromData(new Letter("a", file("scan", "one"))).create();
        letter.set(Letter::scan, file("scan", "two")).commit();
        String change = last(letter);
        pool.files().store(file("scan", "three"));

        assertThatExceptionOfType(UndoRefusedException.class)
                .isThrownBy(() -> undo(change))
                .withMessageContaining("scan")
                .satisfies(refused -> assertThat(refused.items()).isEqualTo(List.of(Rn.file("files", "scan"))));
        assertThat(text("scan")).isEqualTo(is("three"));

        undo(last("scan"));
        undo(change);
        assertThat(text("scan")).isEqualTo(is("one"));

        pool.files().create(file("alone", "one"));
        pool.files().store(file("alone", "two"));
        String second = last("alone");
        // Past the history, as by another program.
        try (Pool other = Korm.pool()
                .layer("elsewhere", MemoryLayer.create())
                .depot("files", depot)
                .environment(world)
                .open()) {
            other.files().store(file("alone", "three"));
        }
        assertThatExceptionOfType(UndoRefusedException.class).isThrownBy(() -> undo(second));
        assertThat(text("alone")).isEqualTo(is("three"));
    }

    @Test
    void bytes_that_are_stored_while_an_undo_is_made_are_not_overwritten() {
        Item<Letter> letter =
                letters().fromData(new Letter("a", file("scan", "one"))).create();
        letter.set(Letter::scan, file("scan", "two")).commit();
        pool.files().create(file("alone", "one"));
        pool.files().store(file("alone", "two"));
        for (String name : List.of("scan", "alone")) {
            String change = last(name);
            // Behind the look at the file, when the bytes of before are staged.
            depot.at(FaultyDepot.Call.PUT, 1, FaultyDepot.Moment.AFTER, () -> pool.files()
                    .store(file(name, "three")));
            assertThatExceptionOfType(UndoRefusedException.class)
                    .isThrownBy(() -> undo(change))
                    .satisfies(refused -> assertThat(refused.items()).isEqualTo(List.of(Rn.file("files", name))));
            assertThat(text(name)).isEqualTo(is("three"));
            undo(last(name));
            undo(change);
            assertThat(text(name)).isEqualTo(is("one"));
        }
        assertThat(own()).allMatch(name -> name.startsWith(COPIES));
    }

    @Test
    void bytes_that_others_stored_are_kept_when_they_are_replaced_or_deleted() {
        try (Pool other = Korm.pool()
                .layer("elsewhere", MemoryLayer.create())
                .depot("files", depot)
                .environment(world)
                .open()) {
            other.files().store(file("a", "theirs"));
            other.files().store(file("b", "theirs"));
        }
        pool.files().store(file("a", "ours"));
        pool.files().delete(Rn.file("files", "b"));
        undo(last("a"));
        undo(last("b"));
        assertThat(text("a")).isEqualTo(is("theirs"));
        assertThat(text("b")).isEqualTo(is("theirs"));
        assertThat(operations("a")).containsExactly(Operation.CHANGED, Operation.CHANGED, Operation.FOUND);
        assertThat(operations("b")).containsExactly(Operation.CREATED, Operation.DELETED, Operation.FOUND);
    }

    private List<Operation> operations(String name) {
        return pool.files()
                .history(Rn.file("files", name))
                .map(FileVersion::operation)
                .toList();
    }

    @Test
    void versions_tell_who_and_when_and_have_their_bytes() {
        Instant before = world.clock().instant();
        world.advance(Duration.ofMinutes(1));
        Korm.tx(pool.files().storing(file("a", "one")))
                .by("fred")
                .because("asked")
                .persist();
        world.advance(Duration.ofMinutes(1));
        Instant between = world.clock().instant();
        world.advance(Duration.ofMinutes(1));
        pool.files().store(file("a", "two"));
        pool.files().delete(Rn.file("files", "a"));

        List<FileVersion> versions = pool.files().history(Rn.file("files", "a")).toList();
        assertThat(versions)
                .extracting(FileVersion::operation)
                .containsExactly(Operation.DELETED, Operation.CHANGED, Operation.CREATED);
        assertThat(versions.get(0).content()).isEmpty();
        assertThat(versions.get(1).content().orElseThrow().text()).isEqualTo("two");
        FileVersion first = versions.get(2);
        assertThat(first.content().orElseThrow().rn()).isEqualTo(Rn.file("files", "a"));
        assertThat(first.content().orElseThrow().text()).isEqualTo("one");
        assertThat(first.content().orElseThrow().contentType()).contains("text/x-one");
        assertThat(first.actor()).contains("fred");
        assertThat(first.reason()).contains("asked");
        assertThat(first.time()).isBetween(before, between);
        assertThat(pool.files().history(Rn.file("files", "nobody"))).isEmpty();
    }

    @Test
    void files_are_read_as_of_a_moment() {
        Item<Letter> letter =
                letters().fromData(new Letter("a", file("scan", "one"))).create();
        world.advance(Duration.ofMinutes(1));
        Instant first = world.clock().instant();
        world.advance(Duration.ofMinutes(1));
        Item<Letter> changed = letter.set(Letter::scan, file("scan", "two")).commit();
        world.advance(Duration.ofMinutes(1));
        Instant later = world.clock().instant();
        world.advance(Duration.ofMinutes(1));
        changed.delete();
        sweep();

        assertThat(scanAt(letter, first)).isEqualTo("one");
        assertThat(scanAt(letter, later)).isEqualTo("two");
        FileRef then = letters()
                .asOf(later)
                .fromRn(letter.rn())
                .resolvePaths("scan")
                .get()
                .data()
                .scan();
        assertThat(then.contentType()).contains("text/x-two");
        assertThat(then.size()).isEqualTo(3);
    }

    private String scanAt(Item<Letter> letter, Instant moment) {
        return letters()
                .asOf(moment)
                .fromRn(letter.rn())
                .resolvePaths("scan")
                .get()
                .data()
                .scan()
                .text();
    }

    @Test
    void a_purge_removes_the_bytes_with_the_versions() {
        Item<Letter> letter =
                letters().fromData(new Letter("a", file("scan", "one"))).create();
        Item<Letter> changed = letter.set(Letter::scan, file("scan", "two")).commit();
        String change = last(letter);
        pool.files().create(file("alone", "x"));
        pool.files().delete(Rn.file("files", "alone"));
        assertThat(copies()).isEqualTo(3);
        world.advance(Duration.ofDays(1));
        pool.history().olderThan(Duration.ofHours(1)).run();
        assertThat(copies()).isEqualTo(1);
        assertThat(catchThrowable(() -> undo(change))).isInstanceOf(UndoRefusedException.class);
        assertThat(text("scan")).isEqualTo(is("two"));

        changed.delete();
        world.advance(Duration.ofDays(1));
        pool.history().olderThan(Duration.ofHours(1)).run();
        assertThat(copies()).isZero();
    }

    @Test
    void a_sweep_leaves_the_copies_that_versions_name_and_no_others() {
        Item<Letter> letter =
                letters().fromData(new Letter("a", file("scan", "one"))).create();
        letter.set(Letter::scan, file("scan", "two")).commit();
        List<String> named = own();
        assertThat(named).hasSize(2);
        depot.dieAt(Call.COPY, 1, Moment.AFTER);
        assertThat(catchThrowable(() -> pool.files().store(file("scan", "three"))))
                .isNotNull();
        reopen();
        assertThat(own()).hasSizeGreaterThan(2);
        world.advance(Duration.ofDays(2));
        sweep();
        assertThat(own()).isEqualTo(named);
        assertThat(text("scan")).isEqualTo(is("two"));
    }

    @Test
    void a_change_that_is_refused_leaves_no_copy() {
        Item<Letter> letter =
                letters().fromData(new Letter("a", file("scan", "one"))).create();
        letter.set(Letter::title, "b").commit();
        assertThat(catchThrowable(
                        () -> letter.set(Letter::scan, file("scan", "two")).commit()))
                .isNotNull();
        assertThat(copies()).isEqualTo(1);
        assertThat(operations("scan")).containsExactly(Operation.CREATED);
        assertThat(text("scan")).isEqualTo(is("one"));
    }

    @Test
    void a_pool_without_a_history_is_refused() {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> Korm.pool()
                        .layer("other", MemoryLayer.create())
                        .withWal(MemoryJournal.create().recordFiles())
                        .open())
                .withMessageContaining("withHistory()");
    }

    /** Kills the program behind some of the calls that write: the files are as the history says, and an undo restores them. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_program_that_is_killed_leaves_files_as_the_history_has_them(boolean undoing) {
        Set<Boolean> outcomes = new HashSet<>();
        for (Call call : List.of(Call.COPY, Call.MOVE)) {
            for (int nth = 1; nth <= FEW_CALLS; nth += 2) {
                killAt(call, nth, Moment.AFTER, undoing, outcomes);
            }
        }
        assertThat(outcomes).contains(true, false);
    }

    /** Kills it at each call of the depot, before it and behind it. */
    @Tag("long")
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_program_that_is_killed_anywhere_leaves_files_as_the_history_has_them(boolean undoing) {
        Set<Boolean> outcomes = new HashSet<>();
        for (Call call : Call.values()) {
            boolean reached = true;
            for (int nth = 1; nth <= MOST_CALLS && reached; nth++) {
                boolean before = killAt(call, nth, Moment.BEFORE, undoing, outcomes);
                boolean after = killAt(call, nth, Moment.AFTER, undoing, outcomes);
                reached = before || after;
            }
        }
        assertThat(outcomes).contains(true, false);
    }

    /** Returns whether there was such a call. */
    private boolean killAt(Call call, int nth, Moment moment, boolean undoing, Set<Boolean> outcomes) {
        String step = call + " " + nth + " " + moment;
        Item<Letter> letter = begin();
        String former = last(letter);
        if (undoing) {
            change(letter);
            former = last(letter);
        }
        String undone = former;
        depot.dieAt(call, nth, moment);
        Throwable killed = catchThrowable(() -> {
            if (undoing) {
                undo(undone);
            } else {
                change(letter);
            }
        });
        reopen();
        boolean happened = !last(letter).equals(former);
        outcomes.add(happened);
        requireState(happened != undoing, step);
        undo(last(letter));
        requireUndone(happened, undoing, step + ", undone");
        sweep();
        requireCopies(step);
        letters().fromRn(letter.rn()).find().ifPresent(Item::delete);
        return killed != null;
    }

    /** Requires what there is behind an undo of the last change of the item. */
    private void requireUndone(boolean happened, boolean undoing, String step) {
        if (happened || undoing) {
            // The change was undone, or its undo was, and with it the change is there again.
            requireState(happened && undoing, step);
        } else {
            assertThat(text("scan")).as(step).isNull();
        }
    }

    private Item<Letter> begin() {
        pool.files().store(file("kept", "before"));
        pool.files().delete(Rn.file("files", "new"));
        return letters().fromData(new Letter("a", file("scan", "one"))).create();
    }

    private void change(Item<Letter> letter) {
        Korm.tx(
                        letter.set(Letter::scan, file("scan", "two")),
                        pool.files().storing(file("kept", "after")),
                        pool.files().creation(file("new", "new")))
                .persist();
    }

    private void requireState(boolean changed, String step) {
        assertThat(text("scan")).as(step).isEqualTo(is(changed ? "two" : "one"));
        assertThat(text("kept")).as(step).isEqualTo(is(changed ? "after" : "before"));
        assertThat(text("new")).as(step).isEqualTo(changed ? is("new") : null);
    }

    /** Requires a copy for each version that has bytes, and no other. */
    private void requireCopies(String step) {
        long versions = Stream.of("scan", "kept", "new")
                .flatMap(name -> pool.files().history(Rn.file("files", name)))
                .map(FileVersion::content)
                .flatMap(Optional::stream)
                .peek(content -> assertThat(content.text()).as(step).isNotEmpty())
                .count();
        assertThat(copies()).as(step).isEqualTo(versions);
        assertThat(own()).as(step).allMatch(name -> name.startsWith(COPIES));
    }
}
