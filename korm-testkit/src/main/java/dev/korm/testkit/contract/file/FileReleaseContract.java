package dev.korm.testkit.contract.file;

import static dev.korm.Assignment.set;
import static dev.korm.Filter.eq;
import static dev.korm.Filter.everything;
import static dev.korm.Filter.gt;
import static dev.korm.Filter.lt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.korm.DeletePolicy;
import dev.korm.Document;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.OnDelete;
import dev.korm.Pool;
import dev.korm.QueryException;
import dev.korm.ReferencedException;
import dev.korm.Rn;
import dev.korm.StoreException;
import dev.korm.StoreException.Outcome;
import dev.korm.Stored;
import dev.korm.file.FileRef;
import dev.korm.file.FileRelease;
import dev.korm.file.OnRelease;
import dev.korm.file.ReleasePolicy;
import dev.korm.spi.LayerSource;
import dev.korm.spi.depot.DepotSource;
import dev.korm.spi.depot.FileEntry;
import dev.korm.testkit.LeakCheck;
import dev.korm.testkit.fault.FaultyLayer;
import dev.korm.testkit.fault.VirtualEnvironment;
import dev.korm.testkit.memory.MemoryLayer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The behaviour of files that items cease to name: one by one, many at once, or along with others; as the depot says
 * and as the field says. On a layer and a depot.
 */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class FileReleaseContract {
    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final VirtualEnvironment world = VirtualEnvironment.seeded(1).withThreads();
    private FaultyLayer layer;
    private DepotSource depot;
    private Pool pool;

    /** Returns the layer to hold against the contract; each test begins with an empty one. */
    protected abstract LayerSource layer();

    /** Returns the depot to hold against the contract; each test begins with an empty one. */
    protected abstract DepotSource depot();

    /** Files in a field, in lists and further down. */
    @Stored(namespace = "shop", kind = "album")
    public record Album(
            int number,
            @Nullable FileRef cover,
            List<FileRef> photos,
            @Nullable Sleeve sleeve) {
        static Album of(int number, @Nullable FileRef cover) {
            return new Album(number, cover, List.of(), null);
        }
    }

    /** A file in a column of its own, which tells by itself whether there is one. */
    @Stored(namespace = "shop", kind = "ticket")
    public record Ticket(int number, @Nullable FileRef scan) {}

    /** A part of an album. */
    public record Sleeve(FileRef print) {}

    /** A review that is deleted with its album, and with the review it answers. */
    @Stored(namespace = "shop", kind = "review")
    public record Review(
            @Nullable FileRef scan,
            List<FileRef> pages,
            @OnDelete(DeletePolicy.CASCADE) @Nullable Rn<Album> album,
            @OnDelete(DeletePolicy.CASCADE) @Nullable Rn<Review> answers) {}

    /** A poster that stays without its album. */
    @Stored(namespace = "shop", kind = "poster")
    public record Poster(
            FileRef print,
            @OnDelete(DeletePolicy.SET_NULL) @Nullable Rn<Album> album) {}

    /** A loan that protects its album from deletion. */
    @Stored(namespace = "shop", kind = "loan")
    public record Loan(@OnDelete(DeletePolicy.RESTRICT) Rn<Album> album) {}

    /** Files that each have a release of their own. */
    @Stored(namespace = "shop", kind = "contract")
    public record Contract(
            int number,
            @OnRelease(ReleasePolicy.KEEP) @Nullable FileRef signed,
            @OnRelease(ReleasePolicy.DELETE) List<FileRef> drafts,

            @OnRelease(value = ReleasePolicy.AFTER, grace = "P30D")
            Map<String, FileRef> letters,

            @OnDelete(DeletePolicy.CASCADE) @Nullable Rn<Album> about) {}

    @BeforeEach
    void openPool() {
        layer = leaks.watch(FaultyLayer.around(layer()));
        depot = depot();
        open(FileRelease.DELETE);
    }

    private void open(FileRelease release) {
        if (pool != null) {
            pool.close();
        }
        pool = Korm.pool()
                .layer("main", layer)
                .depot("files", depot, release)
                .environment(world)
                .open();
    }

    @AfterEach
    void closePool() {
        pool.close();
    }

    private <T> Items<T> items(Class<T> type) {
        return Korm.item(type, pool);
    }

    private Item<Album> album(int number, @Nullable FileRef cover) {
        return items(Album.class).fromData(Album.of(number, cover)).create();
    }

    private Item<Review> review(FileRef scan, @Nullable Rn<Album> album, @Nullable Rn<Review> answers) {
        List<FileRef> pages = List.of(file(scan.rn().depotParts().get(0) + ".page"));
        return items(Review.class)
                .fromData(new Review(scan, pages, album, answers))
                .create();
    }

    private Item<Contract> contract(int number, @Nullable Rn<Album> about) {
        return items(Contract.class)
                .fromData(new Contract(
                        number,
                        file("signed" + number),
                        List.of(file("draft" + number)),
                        Map.of("first", file("letter" + number)),
                        about))
                .create();
    }

    private static FileRef file(String path) {
        return FileRef.of("files", path, path.getBytes(StandardCharsets.UTF_8));
    }

    private static FileRef there(String... parts) {
        return FileRef.to(Rn.file("files", parts));
    }

    /** Returns everything in the depot, korm's own marks included. */
    private List<String> all() {
        try (Stream<FileEntry> files = pool.depot("files").list(Rn.prefix("files"))) {
            return files.map(entry -> String.join("/", entry.rn().depotParts()))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void deleting_many_at_once_deletes_their_files_wherever_they_are_in_the_data() {
        items(Album.class)
                .fromData(new Album(
                        1, file("cover"), List.of(file("photo/1"), file("photo/2")), new Sleeve(file("sleeve"))))
                .create();
        album(2, file("two"));
        album(9, file("nine"));
        album(0, null);

        assertThat(items(Album.class).query().where(lt("number", 3)).deleteAll())
                .isEqualTo(3);

        assertThat(all()).containsExactly("nine");
    }

    @Test
    void the_last_one_that_names_a_file_releases_it() {
        album(1, file("shared"));
        album(2, there("shared"));
        items(Document.class)
                .fromData("notes", "note", Document.of(Map.of("see", List.of(Rn.file("files", "shared")))))
                .create();

        items(Album.class).query().where(eq("number", 1)).deleteAll();
        assertThat(all()).containsExactly("shared");
        items(Album.class).query().where(eq("number", 2)).deleteAll();
        assertThat(all()).containsExactly("shared");

        items(Document.class).fromQuery("notes", "note").where(everything()).deleteAll();
        assertThat(all()).isEmpty();
    }

    @Test
    void deleting_many_at_once_releases_as_the_depot_says() {
        open(FileRelease.after(Duration.ofDays(1)));
        album(1, file("x"));
        items(Album.class).query().where(everything()).deleteAll();
        assertThat(all()).containsExactly("__korm_released__/x", "x");
        assertThat(pool.sweep().grace(Duration.ZERO).run().unnamed()).isEqualTo(1);
        assertThat(all()).isEmpty();

        open(FileRelease.KEEP);
        album(1, file("y"));
        items(Album.class).query().where(everything()).deleteAll();
        assertThat(all()).containsExactly("y");
    }

    @Test
    void a_limit_decides_over_items_without_files_too() {
        open(FileRelease.after(Duration.ofDays(1)));
        List<FileRef> scans = new ArrayList<>(List.of(file("two"), file("three")));
        scans.add(0, null);
        for (int i = 0; i < scans.size(); i++) {
            items(Ticket.class).fromData(new Ticket(i + 1, scans.get(i))).create();
        }

        assertThat(items(Ticket.class)
                        .query()
                        .where(everything())
                        .orderBy(dev.korm.Order.asc("number"))
                        .limit(2)
                        .deleteAll())
                .isEqualTo(2);

        assertThat(all()).containsExactly("__korm_released__/two", "three", "two");
    }

    @Test
    void a_deletion_that_fails_releases_nothing() {
        Item<Album> held = album(1, file("held"));
        items(Loan.class).fromData(new Loan(held.rn())).create();
        assertThatExceptionOfType(ReferencedException.class)
                .isThrownBy(() -> items(Album.class).query().where(everything()).deleteAll());
        review(file("scan"), null, null);
        layer.failNext(FaultyLayer.Call.APPLY, FaultyLayer.Moment.BEFORE, Outcome.NOT_APPLIED);
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(
                        () -> items(Review.class).query().where(everything()).deleteAll());

        assertThat(all()).containsExactly("held", "scan", "scan.page");
    }

    @Test
    void what_goes_along_with_a_deleted_item_releases_its_files() {
        Item<Album> album = album(1, file("cover"));
        Item<Review> review = review(file("scan"), album.rn(), null);
        review(file("answer"), null, review.rn());
        review(file("other"), null, null);

        album.delete();

        assertThat(all()).containsExactly("other", "other.page");
    }

    @Test
    void what_goes_along_with_many_deleted_items_releases_its_files() {
        for (int i = 0; i < 5; i++) {
            Item<Album> album = album(i, file("cover" + i));
            review(file("scan" + i), album.rn(), null);
        }

        items(Album.class).query().where(gt("number", 0)).deleteAll();

        assertThat(all()).containsExactly("cover0", "scan0", "scan0.page");
    }

    @Test
    void what_goes_along_in_another_layer_releases_its_files() {
        pool.close();
        pool = Korm.pool()
                .layer("main", layer)
                .layer("other", MemoryLayer.create())
                .depot("files", depot, FileRelease.DELETE)
                .defaultLayer("main")
                .environment(world)
                .open();
        Item<Album> album = album(1, file("cover"));
        items(Review.class)
                .fromData("other", "shop", "review", new Review(file("scan"), List.of(), album.rn(), null))
                .create();

        album.delete();

        assertThat(all()).isEmpty();
    }

    @Test
    void what_lets_go_of_a_deleted_item_keeps_its_files() {
        Item<Album> album = album(1, null);
        items(Poster.class).fromData(new Poster(file("poster"), album.rn())).create();

        items(Album.class).query().where(everything()).deleteAll();

        assertThat(all()).containsExactly("poster");
        assertThat(items(Poster.class).query().get().get(0).data().album()).isNull();
    }

    @Test
    void a_file_that_goes_and_comes_in_one_change_stays() {
        open(FileRelease.after(Duration.ofDays(1)));
        Item<Album> album = album(1, file("cover"));
        Item<Album> other = album(2, null);

        Korm.tx(album.deletion(), other.set(Album::cover, there("cover"))).persist();

        assertThat(all()).containsExactly("cover");
    }

    @Test
    void changing_many_at_once_releases_what_they_named() {
        pool.files().create(file("blank"));
        album(1, file("one"));
        items(Album.class)
                .fromData(new Album(2, file("two"), List.of(file("photo")), null))
                .create();

        items(Album.class).query().where(everything()).updateAll(set("number", 7));
        assertThat(all()).containsExactly("blank", "one", "photo", "two");
        items(Album.class).query().where(everything()).updateAll(set("cover", there("blank")));

        assertThat(all()).containsExactly("blank", "photo");
    }

    @Test
    void many_at_once_cannot_be_given_new_content() {
        album(1, file("one"));

        assertThatExceptionOfType(QueryException.class)
                .isThrownBy(() ->
                        items(Album.class).query().where(everything()).updateAll(set("photos", List.of(file("new")))))
                .withMessageContaining("[rn][depot::files]:new")
                .withMessageContaining("files().store");
        assertThatExceptionOfType(QueryException.class).isThrownBy(() -> items(Document.class)
                .fromQuery("shop", "album")
                .where(everything())
                .updateAll(set("cover", file("new"))));

        assertThat(all()).containsExactly("one");
    }

    @Test
    void each_field_may_have_a_release_of_its_own() {
        open(FileRelease.after(Duration.ofDays(1)));
        contract(1, null).delete();

        assertThat(all()).containsExactly("__korm_released__/letter1", "letter1", "signed1");
    }

    @Test
    void the_release_of_a_field_holds_when_many_are_deleted_at_once() {
        contract(1, null);
        contract(2, null);

        items(Contract.class).query().where(everything()).deleteAll();

        assertThat(all())
                .containsExactly(
                        "__korm_released__/letter1",
                        "__korm_released__/letter2",
                        "letter1",
                        "letter2",
                        "signed1",
                        "signed2");
    }

    @Test
    void the_release_of_a_field_holds_for_whoever_does_not_know_the_record() {
        Item<Album> album = album(1, file("cover"));
        contract(1, album.rn());
        Item<Contract> second = contract(2, null);

        album.delete();
        items(Document.class).fromRn(second.rn().toString()).get().delete();

        assertThat(all())
                .containsExactly(
                        "__korm_released__/letter1",
                        "__korm_released__/letter2",
                        "letter1",
                        "letter2",
                        "signed1",
                        "signed2");
    }

    @Test
    void a_sweep_keeps_what_a_field_keeps() {
        contract(1, null);
        try (Pool elsewhere =
                Korm.pool().layer("main", layer).environment(world).open()) {
            // Without the depot, nobody there releases anything.
            Korm.item(Contract.class, elsewhere).query().where(everything()).deleteAll();
        }
        assertThat(all()).containsExactly("draft1", "letter1", "signed1");

        assertThat(pool.sweep().grace(Duration.ZERO).run().unclaimed()).isEqualTo(1);

        assertThat(all()).containsExactly("signed1");
    }

    @Test
    void a_field_that_keeps_its_files_since_later_keeps_those_it_had() {
        pool.files().create(file("old"));
        items(Contract.class)
                .fromData(new Contract(1, there("old"), List.of(), Map.of(), null))
                .create()
                .delete();
        items(Document.class)
                .fromData("shop", "contract", Document.of(Map.of("number", 2, "signed", file("brought"))))
                .create();
        items(Contract.class).query().where(everything()).deleteAll();

        pool.sweep().grace(Duration.ZERO).run();

        List<String> files = new ArrayList<>(all());
        files.removeIf(name -> name.startsWith("__korm_released__"));
        assertThat(files).containsExactly("brought", "old");
    }
}
