package dev.korm.testkit.contract.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.korm.ConfigurationException;
import dev.korm.ConflictException;
import dev.korm.DeletedItem;
import dev.korm.Document;
import dev.korm.DuplicateException;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.MissingReferenceException;
import dev.korm.Pool;
import dev.korm.QueryException;
import dev.korm.Rn;
import dev.korm.RnException;
import dev.korm.StoreException;
import dev.korm.StoreException.Outcome;
import dev.korm.Unique;
import dev.korm.depot.DepotException;
import dev.korm.depot.FileContentException;
import dev.korm.depot.FileExistsException;
import dev.korm.depot.MissingFileException;
import dev.korm.file.FileRef;
import dev.korm.file.FileRelease;
import dev.korm.file.Sweep;
import dev.korm.file.SweepReport;
import dev.korm.spi.LayerSource;
import dev.korm.spi.depot.DepotSource;
import dev.korm.spi.depot.FileEntry;
import dev.korm.testkit.ConcurrentTest;
import dev.korm.testkit.LeakCheck;
import dev.korm.testkit.fault.FaultyDepot;
import dev.korm.testkit.fault.FaultyLayer;
import dev.korm.testkit.fault.VirtualEnvironment;
import dev.korm.testkit.memory.MemoryLayer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The behaviour of files that items name, on a layer and a depot. */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class FilesContract {
    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @TempDir
    Path temporary;

    /** Waiting for a depot that failed takes no time. */
    private final VirtualEnvironment world = VirtualEnvironment.seeded(1).withThreads();

    private FaultyLayer layer;
    private FaultyDepot depot;
    private @Nullable Pool opened;

    /** Returns the layer to hold against the contract; each test begins with an empty one. */
    protected abstract LayerSource layer();

    /** Returns the depot to hold against the contract; each test begins with an empty one. */
    protected abstract DepotSource depot();

    /** A file and where files can be besides. */
    public record Car(
            String make,
            Unique<String> plate,
            @Nullable FileRef invoice,
            List<FileRef> photos,
            Map<String, FileRef> papers,
            @Nullable Part engine,
            Optional<FileRef> note) {
        static Car of(String plate, @Nullable FileRef invoice) {
            return new Car("Citroen", Unique.of(plate), invoice, List.of(), Map.of(), null, Optional.empty());
        }
    }

    /** A nested record with a file. */
    public record Part(String name, FileRef manual) {}

    @BeforeEach
    void openPool() {
        layer = leaks.watch(FaultyLayer.around(layer()));
        depot = FaultyDepot.around(depot());
        opened = open(FileRelease.after(Duration.ofDays(1)));
    }

    private Pool open(FileRelease release) {
        return Korm.pool()
                .layer("main", layer)
                .depot("files", depot, release)
                .environment(world)
                .open();
    }

    private void reopen(FileRelease release) {
        pool().close();
        layer.heal();
        depot.heal();
        opened = open(release);
    }

    @AfterEach
    void closePool() {
        depot.heal();
        pool().close();
    }

    private Pool pool() {
        return opened;
    }

    private Items<Car> cars() {
        return Korm.item(Car.class, pool());
    }

    private Items<Document> documents() {
        return Korm.item(Document.class, pool());
    }

    private Item<Car> create(Car car) {
        return cars().fromData("cars", "suv", car).create();
    }

    private Item<Car> read(Rn<Car> rn, String... paths) {
        return cars().fromRn(rn).resolvePaths(paths).get();
    }

    private static FileRef file(String path, String content) {
        return FileRef.of("files", path, content.getBytes(StandardCharsets.UTF_8));
    }

    private static Rn<?> rn(String... parts) {
        return Rn.file("files", parts);
    }

    /** Returns the text of a file, straight from the depot. */
    private String text(String... parts) {
        return pool().files().get(rn(parts)).text();
    }

    private boolean exists(String... parts) {
        return pool().files().find(rn(parts)).isPresent();
    }

    /** Returns everything in the depot, korm's own files included. */
    private List<String> all() {
        try (Stream<FileEntry> files = pool().depot("files").list(Rn.prefix("files"))) {
            return files.map(entry -> String.join("/", entry.rn().depotParts()))
                    .sorted()
                    .toList();
        }
    }

    private SweepReport sweep() {
        return pool().sweep().grace(Duration.ZERO).run();
    }

    @Test
    void an_item_is_created_with_its_file() {
        Item<Car> car = create(Car.of("a", file("invoices/fred", "paid").withContentType("text/plain")));

        assertThat(car.data().invoice().rn()).isEqualTo(rn("invoices", "fred"));
        assertThat(car.data().invoice().isFloating()).isFalse();
        assertThat(car.data().invoice().text()).isEqualTo("paid");
        FileRef read = read(car.rn(), "invoice").data().invoice();
        assertThat(read.text()).isEqualTo("paid");
        assertThat(read.bytes()).hasSize(4);
        assertThat(read.size()).isEqualTo(4);
        assertThat(read.contentType()).contains("text/plain");
        assertThat(read.sha256()).hasValueSatisfying(hash -> assertThat(hash).hasSize(64));
        assertThat(read).isEqualTo(car.data().invoice());
        assertThat(all()).containsExactly("invoices/fred");
        assertThat(documents().fromRn(car.rn().toString()).get().data().get("invoice"))
                .contains(rn("invoices", "fred"));
    }

    @Test
    void an_unresolved_file_says_how_it_is_resolved() {
        Item<Car> car = create(Car.of("a", file("x", "content")));

        FileRef unresolved = read(car.rn()).data().invoice();

        assertThat(unresolved.isResolved()).isFalse();
        assertThatExceptionOfType(QueryException.class)
                .isThrownBy(unresolved::text)
                .withMessageContaining("resolvePaths");
        assertThat(pool().file(unresolved).text()).isEqualTo("content");
        assertThatExceptionOfType(QueryException.class)
                .isThrownBy(() -> file("y", "").text())
                .withMessageContaining("not stored yet");
    }

    @Test
    void contents_come_from_bytes_files_and_streams() throws IOException {
        Path source = Files.writeString(temporary.resolve("invoice.pdf"), "from a file");
        Supplier<InputStream> supplier =
                () -> new ByteArrayInputStream("from a supplier".getBytes(StandardCharsets.UTF_8));
        InputStream stream = new ByteArrayInputStream("from a stream".getBytes(StandardCharsets.UTF_8));

        create(new Car(
                "Citroen",
                Unique.of("a"),
                FileRef.of("files", "a", source),
                List.of(FileRef.of("files", "b", supplier), FileRef.of("files", "c", stream)),
                Map.of(),
                null,
                Optional.empty()));

        assertThat(text("a")).isEqualTo("from a file");
        assertThat(pool().files().get(rn("a")).contentType()).contains("application/pdf");
        assertThat(text("b")).isEqualTo("from a supplier");
        assertThat(text("c")).isEqualTo("from a stream");
        assertThatExceptionOfType(FileContentException.class)
                .isThrownBy(() -> create(Car.of("b", FileRef.of("files", "d", temporary.resolve("none")))))
                .withMessageContaining("none");
        assertThat(all()).containsExactly("a", "b", "c");
    }

    @Test
    void files_are_stored_wherever_they_are_in_the_data() {
        Car car = new Car(
                "Citroen",
                Unique.of("a"),
                file("invoice", "1"),
                List.of(file("photos/1", "2"), file("photos/2", "3")),
                Map.of("title", file("papers/title", "4")),
                new Part("diesel", file("manual", "5")),
                Optional.of(file("note", "6")));

        Item<Car> created = create(car);

        Car read = read(created.rn(), "invoice", "photos[*]", "papers.title", "engine.manual", "note")
                .data();
        assertThat(read.invoice().text()).isEqualTo("1");
        assertThat(read.photos()).extracting(FileRef::text).containsExactly("2", "3");
        assertThat(read.papers().get("title").text()).isEqualTo("4");
        assertThat(read.engine().manual().text()).isEqualTo("5");
        assertThat(read.note().orElseThrow().text()).isEqualTo("6");
        assertThat(read(created.rn()).data()).isEqualTo(created.data());
        assertThat(sweep().references()).isEqualTo(6);
    }

    @Test
    void documents_hold_files_too() {
        Document data = Document.of(Map.of(
                "title", "Deed", "scan", file("scan", "1"), "more", Map.of("pages", List.of(file("page", "2")))));

        Item<Document> deed = documents().fromData("deeds", "house", data).create();

        assertThat(text("scan")).isEqualTo("1");
        assertThat(text("page")).isEqualTo("2");
        Item<Document> read = documents().fromRn(deed.rn()).get();
        assertThat(read.data()).isEqualTo(deed.data());
        assertThat(pool().file(read.data().file("scan")).text()).isEqualTo("1");
        Item<Document> resolved = documents()
                .fromRn(deed.rn())
                .resolvePaths("scan", "more.pages[*]")
                .get();
        assertThat(resolved.data().file("scan").text()).isEqualTo("1");
        assertThat(resolved.data().file("more.pages[0]").text()).isEqualTo("2");
        resolved.set("title", "Old deed").commit();
        assertThat(documents().fromRn(deed.rn()).get().data().text("title")).isEqualTo("Old deed");
        documents().fromRn(deed.rn()).get().set("scan", file("scan", "3")).commit();
        assertThat(text("scan")).isEqualTo("3");
    }

    @Test
    void a_commit_replaces_the_content_under_the_same_name() {
        Item<Car> car = create(Car.of("a", file("x", "old")));

        Item<Car> changed = car.set(Car::invoice, car.data().invoice().edit("new".getBytes(StandardCharsets.UTF_8)))
                .commit();

        assertThat(changed.revision()).isEqualTo(car.revision() + 1);
        assertThat(changed.data().invoice().text()).isEqualTo("new");
        assertThat(text("x")).isEqualTo("new");
        assertThat(all()).containsExactly("x");
    }

    @Test
    void a_commit_of_something_else_asks_nothing_of_the_depot() {
        Item<Car> car = create(Car.of("a", file("x", "old")));
        long puts = depot.calls(FaultyDepot.Call.PUT);

        car.set(Car::make, "Renault").commit();

        assertThat(depot.calls(FaultyDepot.Call.PUT)).isEqualTo(puts);
        assertThat(read(car.rn(), "invoice").data().invoice().text()).isEqualTo("old");
    }

    @Test
    void the_old_content_stays_when_the_row_is_not_changed() {
        Item<Car> stale = create(Car.of("a", file("x", "old")));
        stale.set(Car::make, "Renault").commit();
        FileRef edited = stale.data().invoice().edit("new".getBytes(StandardCharsets.UTF_8));

        assertThatExceptionOfType(ConflictException.class)
                .isThrownBy(() -> stale.set(Car::invoice, edited).commit());

        assertThat(text("x")).isEqualTo("old");
        assertThat(all()).containsExactly("x");
        stale.reload().set(Car::invoice, edited).commit();
        assertThat(text("x")).isEqualTo("new");
    }

    @Test
    void no_file_stays_of_an_item_that_was_not_created() {
        create(Car.of("taken", null));

        assertThatExceptionOfType(DuplicateException.class)
                .isThrownBy(() -> create(Car.of("taken", file("x", "content"))));
        assertThatExceptionOfType(DuplicateException.class).isThrownBy(() -> Korm.tx(
                        cars().fromData("cars", "suv", Car.of("free", file("y", "content"))),
                        cars().fromData("cars", "suv", Car.of("taken", file("z", "content"))))
                .persist());

        assertThat(all()).isEmpty();
    }

    @Test
    void a_stream_that_was_used_up_by_a_failed_change_says_so() {
        create(Car.of("taken", null));
        FileRef once = FileRef.of("files", "x", new ByteArrayInputStream(new byte[3]));
        assertThatExceptionOfType(DuplicateException.class).isThrownBy(() -> create(Car.of("taken", once)));

        assertThatExceptionOfType(FileContentException.class)
                .isThrownBy(() -> create(Car.of("free", once)))
                .withMessageContaining("Supplier");

        assertThat(cars().fromQuery("cars", "suv").get()).hasSize(1);
        assertThat(all()).isEmpty();
    }

    @Test
    void an_unknown_depot_is_an_error_before_anything_is_stored() {
        FileRef lost = FileRef.of("nowhere", "x", new byte[1]);

        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> create(new Car(
                        "Citroen", Unique.of("a"), file("x", ""), List.of(lost), Map.of(), null, Optional.empty())))
                .withMessageContaining("\"nowhere\"")
                .withMessageContaining("files");
        assertThatExceptionOfType(ConfigurationException.class).isThrownBy(() -> pool().depot("nowhere"));
        assertThat(pool().depots()).containsExactly("files");
        assertThat(all()).isEmpty();
    }

    @Test
    void what_is_no_name_for_a_new_file_is_refused() {
        assertThatExceptionOfType(RnException.class).isThrownBy(() -> FileRef.of("files", "a/../b", new byte[1]));
        assertThatExceptionOfType(RnException.class).isThrownBy(() -> FileRef.of("files", "/a", new byte[1]));
        assertThatExceptionOfType(RnException.class).isThrownBy(() -> FileRef.to("[rn][depot::files]:a:*"));
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> create(Car.of("a", FileRef.of("files", "__korm_staging__/x", new byte[1]))));
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> create(
                        Car.of("a", FileRef.to("[rn][tag::x][depot::files]:a").edit(new byte[1]))));
        assertThat(all()).isEmpty();
    }

    @Test
    void two_contents_for_one_name_in_one_change_are_refused() {
        assertThatExceptionOfType(QueryException.class)
                .isThrownBy(() -> Korm.tx(
                                cars().fromData("cars", "suv", Car.of("a", file("x", "1"))),
                                cars().fromData("cars", "suv", Car.of("b", file("x", "2"))))
                        .persist())
                .withMessageContaining("two contents");
        FileRef shared = file("x", "1");
        Korm.tx(
                        cars().fromData("cars", "suv", Car.of("a", shared)),
                        cars().fromData("cars", "suv", Car.of("b", shared)))
                .persist();
        assertThat(all()).containsExactly("x");
    }

    @Test
    void a_field_can_be_asked_for_by_the_name_of_its_file() {
        Item<Car> car = create(Car.of("a", file("x", "1")));
        create(Car.of("b", file("y", "1")));

        assertThat(cars().fromQuery("cars", "suv")
                        .where(dev.korm.Filter.eq("invoice", rn("x")))
                        .get())
                .containsExactly(car);
    }

    @Test
    void a_change_cut_off_after_its_row_was_stored_is_finished_by_the_next_opening() {
        Item<Car> car = create(Car.of("a", file("x", "old")));
        for (FaultyDepot.Moment moment : FaultyDepot.Moment.values()) {
            Item<Car> now = read(car.rn(), "invoice");
            FileRef edited = now.data().invoice().edit(moment.name().getBytes(StandardCharsets.UTF_8));
            depot.dieAt(FaultyDepot.Call.MOVE, 1, moment);

            assertThatExceptionOfType(FaultyDepot.Killed.class)
                    .isThrownBy(() -> now.set(Car::invoice, edited).commit());

            reopen(FileRelease.KEEP);
            assertThat(text("x")).isEqualTo(moment.name());
            assertThat(all()).containsExactly("x");
            assertThat(read(car.rn()).revision()).isEqualTo(now.revision() + 1);
        }
    }

    @Test
    void a_change_cut_off_before_its_row_was_stored_leaves_the_old_file() {
        Item<Car> car = create(Car.of("a", file("x", "old")));
        FileRef edited = car.data().invoice().edit(new byte[1]);
        depot.dieAt(FaultyDepot.Call.PUT, 1, FaultyDepot.Moment.AFTER);
        assertThatExceptionOfType(FaultyDepot.Killed.class)
                .isThrownBy(() -> car.set(Car::invoice, edited).commit());

        reopen(FileRelease.KEEP);

        assertThat(text("x")).isEqualTo("old");
        assertThat(all()).hasSize(2);
        assertThat(pool().sweep().run().leftovers()).isZero();
        assertThat(sweep().leftovers()).isEqualTo(1);
        assertThat(all()).containsExactly("x");
    }

    /** Loses so many answers that the engine gives up asking. */
    private void loseAnswers(FaultyLayer.Moment moment) {
        for (int i = 1; i <= 10; i++) {
            layer.fail(
                    FaultyLayer.Call.APPLY,
                    i,
                    moment,
                    name -> new dev.korm.StoreBusyException(
                            name, "Lost, since the test says so", Outcome.UNKNOWN, null));
        }
    }

    @Test
    void an_answer_that_is_lost_once_is_found_out_by_the_marker() {
        Item<Car> car = create(Car.of("a", file("x", "old")));
        for (FaultyLayer.Moment moment : FaultyLayer.Moment.values()) {
            Item<Car> now = read(car.rn(), "invoice");
            layer.failNext(FaultyLayer.Call.APPLY, moment, Outcome.UNKNOWN);

            now.set(Car::invoice, now.data().invoice().edit(moment.name().getBytes(StandardCharsets.UTF_8)))
                    .commit();

            assertThat(text("x")).isEqualTo(moment.name());
            assertThat(read(car.rn()).revision()).isEqualTo(now.revision() + 1);
        }
        assertThat(all()).containsExactly("x");
    }

    @Test
    void where_nobody_knows_whether_the_row_was_stored_the_marker_does() {
        Item<Car> car = create(Car.of("a", file("x", "old")));
        loseAnswers(FaultyLayer.Moment.AFTER);
        assertThatExceptionOfType(StoreException.class).isThrownBy(() -> car.set(
                        Car::invoice, car.data().invoice().edit("new".getBytes(StandardCharsets.UTF_8)))
                .commit());
        reopen(FileRelease.KEEP);
        assertThat(text("x")).isEqualTo("new");
        assertThat(read(car.rn()).revision()).isEqualTo(car.revision() + 1);
    }

    @Test
    void where_the_row_was_not_stored_after_all_the_file_is_a_leftover() {
        Item<Car> car = create(Car.of("a", file("x", "old")));
        loseAnswers(FaultyLayer.Moment.BEFORE);
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> car.set(Car::invoice, car.data().invoice().edit(new byte[1]))
                        .commit());

        reopen(FileRelease.KEEP);

        assertThat(text("x")).isEqualTo("old");
        assertThat(sweep().leftovers()).isEqualTo(1);
        assertThat(all()).containsExactly("x");
    }

    @Test
    void a_depot_that_fails_for_a_moment_is_asked_again() {
        depot.failNext(FaultyDepot.Call.MOVE, FaultyDepot.Moment.BEFORE);
        create(Car.of("a", file("x", "1")));
        depot.failNext(FaultyDepot.Call.MOVE, FaultyDepot.Moment.AFTER);
        create(Car.of("b", file("y", "2")));

        assertThat(text("x")).isEqualTo("1");
        assertThat(text("y")).isEqualTo("2");
        assertThat(all()).containsExactly("x", "y");
    }

    @Test
    void a_depot_that_stays_away_after_the_row_was_stored_is_told_and_finished_by_a_sweep() {
        for (int i = 1; i <= 3; i++) {
            depot.fail(FaultyDepot.Call.MOVE, i, FaultyDepot.Moment.BEFORE);
        }

        assertThatExceptionOfType(DepotException.class)
                .isThrownBy(() -> create(Car.of("a", file("x", "1"))))
                .withMessageContaining("The item was stored")
                .satisfies(failed -> assertThat(failed.outcome()).isEqualTo(Outcome.UNKNOWN));
        assertThat(cars().fromQuery("cars", "suv").get()).hasSize(1);
        assertThat(sweep().unfinished()).isEqualTo(1);
        assertThat(text("x")).isEqualTo("1");
        assertThat(sweep()).isEqualTo(new SweepReport(1, 1, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void a_file_that_is_not_named_any_more_stays_for_its_grace() {
        Item<Car> car = create(Car.of("a", file("x", "1")));
        car.delete();
        Item<Car> other = create(Car.of("b", file("y", "1")));
        other.set(Car::invoice, file("z", "1")).commit();

        assertThat(pool().sweep().run().unnamed()).isZero();
        assertThat(exists("x")).isTrue();
        assertThat(exists("y")).isTrue();
        assertThat(sweep().unnamed()).isEqualTo(2);
        assertThat(all()).containsExactly("z");
    }

    @Test
    void a_deleted_item_can_be_restored_with_its_file() {
        DeletedItem<Car> deleted = create(Car.of("a", file("x", "1"))).delete();

        deleted.restore();

        assertThat(sweep().unnamed()).isZero();
        assertThat(text("x")).isEqualTo("1");
        assertThat(all()).containsExactly("x");
    }

    @Test
    void a_depot_may_keep_what_is_not_named_any_more() {
        reopen(FileRelease.KEEP);
        create(Car.of("a", file("x", "1"))).delete();

        SweepReport report = sweep();

        assertThat(report.unnamed()).isZero();
        assertThat(report.unclaimed()).isEqualTo(1);
        assertThat(exists("x")).isTrue();
    }

    @Test
    void a_depot_may_delete_at_once_what_nothing_else_names() {
        reopen(FileRelease.DELETE);
        Item<Car> first = create(Car.of("a", file("x", "1")));
        Item<Car> second = create(new Car(
                "Citroen", Unique.of("b"), null, List.of(FileRef.to(rn("x"))), Map.of(), null, Optional.empty()));
        Item<Car> third = create(Car.of("c", file("y", "1")));

        first.delete();
        third.delete();
        assertThat(exists("x")).isTrue();
        assertThat(exists("y")).isFalse();

        second.delete();
        assertThat(all()).isEmpty();
    }

    @Test
    void a_sweep_sees_names_in_every_table_and_anywhere_in_json() {
        create(Car.of("a", file("x/1", "1")));
        for (String name : List.of("2", "3", "4", "5")) {
            documents()
                    .fromData("deeds", "house", Document.of(Map.of("f", file("x/" + name, name))))
                    .create()
                    .delete();
        }
        documents()
                .fromData("notes", "a", Document.of(Map.of("text", "[rn][depot::files]:x:2")))
                .create();
        documents()
                .fromData("notes", "b", Document.of(Map.of("deep", List.of(Map.of("er", rn("x", "3"))))))
                .create();
        documents()
                .fromData("notes", "c", Document.of(Map.of("folder", Map.of("all", Rn.prefix("files", "x", "4")))))
                .create();

        SweepReport report = sweep();

        assertThat(report.unnamed()).isEqualTo(2);
        assertThat(all()).containsExactly("x/1", "x/2", "x/3");
    }

    @Test
    void a_folder_that_is_named_keeps_all_its_files() {
        create(Car.of("a", file("x/y/1", "1"))).delete();
        create(Car.of("b", file("z/1", "1"))).delete();
        documents()
                .fromData("notes", "c", Document.of(Map.of("folder", Rn.prefix("files", "x"))))
                .create();

        assertThat(sweep().unnamed()).isEqualTo(1);

        assertThat(exists("x", "y", "1")).isTrue();
        assertThat(exists("z", "1")).isFalse();
    }

    @Test
    void a_sweep_tells_of_missing_files_and_of_those_nobody_knows() {
        Item<Car> car = create(Car.of("a", file("x", "1")));
        create(Car.of("b", file("y", "1")));
        pool().files().create(file("alone", "1"));
        pool().files().delete(rn("x"));
        List<Sweep.Finding> findings = new ArrayList<>();

        SweepReport report =
                pool().sweep().grace(Duration.ZERO).each(findings::add).run();

        assertThat(findings)
                .containsExactlyInAnyOrder(new Sweep.Missing(rn("x"), car.rn()), new Sweep.Unclaimed(rn("alone")));
        assertThat(report.missing()).isEqualTo(1);
        assertThat(report.unclaimed()).isEqualTo(1);
        assertThat(report.files()).isEqualTo(2);
        assertThat(exists("alone")).isTrue();
        assertThatExceptionOfType(MissingFileException.class)
                .isThrownBy(() -> read(car.rn(), "invoice").data().invoice().text());
        assertThatExceptionOfType(MissingReferenceException.class)
                .isThrownBy(() -> cars().fromRn(car.rn())
                        .resolvePaths("invoice")
                        .requireReferences()
                        .get())
                .withMessageContaining(rn("x").toString());
    }

    @Test
    void a_sweep_that_only_reports_changes_nothing() {
        create(Car.of("a", file("x", "1"))).delete();
        List<String> before = all();

        SweepReport report = pool().sweep().grace(Duration.ZERO).reportOnly().run();

        assertThat(report.unnamed()).isEqualTo(1);
        assertThat(all()).isEqualTo(before);
    }

    @ConcurrentTest
    void a_sweep_while_others_write_takes_nothing_that_is_named() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Integer>> writers = new ArrayList<>();
            for (int thread = 0; thread < 3; thread++) {
                String own = "writer" + thread;
                writers.add(threads.submit(() -> {
                    int lost = 0;
                    for (int i = 0; i < 15; i++) {
                        Item<Car> car = create(Car.of(own + i, file(own + "/" + i, "1")));
                        Item<Car> changed = car.set(
                                        Car::invoice,
                                        i % 2 == 0
                                                ? file(own + "/" + i + "b", "2")
                                                : car.data().invoice().edit(new byte[] {'2'}))
                                .commit();
                        lost += pool().file(changed.data().invoice()).text().equals("2") ? 0 : 1;
                        if (i % 3 == 0) {
                            changed.delete();
                        }
                    }
                    return lost;
                }));
            }
            Future<?> sweeper = threads.submit(() -> {
                do {
                    assertThat(sweep().missing()).isZero();
                } while (!done.get());
            });
            for (Future<Integer> writer : writers) {
                assertThat(writer.get()).isZero();
            }
            done.set(true);
            sweeper.get();
        } finally {
            threads.shutdownNow();
        }
        sweep();
        assertThat(sweep()).isEqualTo(new SweepReport(30, 30, 0, 0, 0, 0, 0, 0));
        assertThat(cars().fromQuery("cars", "suv").resolvePaths("invoice").get())
                .hasSize(30)
                .allSatisfy(car -> assertThat(car.data().invoice().text()).isEqualTo("2"));
        assertThat(all()).hasSize(30);
    }

    @Test
    void files_can_be_kept_without_items() {
        FileRef note = pool().files().create(file("notes/today", "1"));
        assertThat(note.text()).isEqualTo("1");
        assertThatExceptionOfType(FileExistsException.class)
                .isThrownBy(() -> pool().files().create(file("notes/today", "2")));
        assertThat(pool().files()
                        .store(note.edit("3".getBytes(StandardCharsets.UTF_8)))
                        .text())
                .isEqualTo("3");
        pool().files().create(file("notes/old/1", "4"));
        create(Car.of("a", file("x", "1"))).delete();

        try (Stream<FileEntry> files = pool().files().list(Rn.prefix("files"))) {
            assertThat(files.map(FileEntry::rn))
                    .containsExactlyInAnyOrder(rn("notes", "today"), rn("notes", "old", "1"), rn("x"));
        }
        try (Stream<String> folders = pool().files().folders(Rn.prefix("files"))) {
            assertThat(folders).containsExactly("notes");
        }
        assertThat(pool().files().find(rn("none"))).isEmpty();
        assertThatExceptionOfType(MissingFileException.class)
                .isThrownBy(() -> pool().files().get(rn("none")));
        assertThat(pool().files().delete(rn("notes", "today"))).isTrue();
        assertThat(pool().files().delete(rn("notes", "today"))).isFalse();
        assertThatExceptionOfType(RnException.class)
                .isThrownBy(() -> pool().files().delete(Rn.prefix("files", "notes")));
    }

    @Test
    void progress_is_told_both_ways() throws IOException {
        List<Long> up = new ArrayList<>();
        List<Long> down = new ArrayList<>();
        Item<Car> car = create(
                Car.of("a", FileRef.of("files", "x", new byte[500_000]).withProgress((done, total) -> up.add(done))));

        Path saved = temporary.resolve("saved");
        read(car.rn(), "invoice")
                .data()
                .invoice()
                .withProgress((done, total) -> {
                    down.add(done);
                    assertThat(total).isEqualTo(500_000);
                })
                .saveTo(saved);

        assertThat(up).isSorted().endsWith(500_000L);
        assertThat(down).isSorted().endsWith(500_000L);
        assertThat(saved).hasSize(500_000);
        assertThat(temporary).isDirectoryContaining(path -> path.equals(saved));
    }

    @Test
    void a_part_of_a_file_can_be_read() throws IOException {
        Item<Car> car = create(Car.of("a", file("x", "0123456789")));

        try (InputStream part = car.data().invoice().stream(3, 4)) {
            assertThat(new String(part.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("3456");
        }
    }

    @Test
    void the_names_of_depots_are_part_of_the_pool() {
        String with = pool().id();
        try (Pool without = Korm.pool().layer("main", MemoryLayer.create()).open()) {
            assertThat(without.id()).isNotEqualTo(with);
            assertThat(without.depots()).isEmpty();
            assertThatExceptionOfType(ConfigurationException.class)
                    .isThrownBy(() -> Korm.item(Car.class, without)
                            .fromData("cars", "suv", Car.of("a", file("x", "1")))
                            .create())
                    .withMessageContaining("it has none");
        }
    }
}
