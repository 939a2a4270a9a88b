package dev.korm.wal.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.backup.BackupException;
import dev.korm.backup.BackupException.Reason;
import dev.korm.backup.BackupId;
import dev.korm.backup.BackupInfo;
import dev.korm.backup.BackupInfo.Kind;
import dev.korm.backup.BackupOptions;
import dev.korm.backup.ChainLimit;
import dev.korm.backup.RestoreOptions;
import dev.korm.backup.Verification.Depth;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.FileEntry;
import dev.korm.spi.depot.PutOptions;
import dev.korm.spi.environment.Environment;
import dev.korm.testkit.Seed;
import dev.korm.wal.backup.format.Manifest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Chains of a full backup and increments: each link restores the state of its moment, and a broken chain restores nothing. */
class IncrementalBackupTest {
    private static final BackupOptions INCREMENT = BackupOptions.defaults().incremental();
    private static final BackupOptions FULLY = INCREMENT.verify(Depth.FULL);

    record Note(String text, int stars) {}

    @TempDir
    Path folder;

    private BackupWorld world;

    @BeforeEach
    void world() {
        world = new BackupWorld(folder);
    }

    /** Creates, changes and deletes some cars. */
    private static void change(Pool pool, Random random, int round) {
        BackupWorld.fill(pool, round * 1000, round * 1000 + 5 + random.nextInt(10));
        Items<BackupWorld.Car> cars = Korm.item(BackupWorld.Car.class, pool);
        List<Item<BackupWorld.Car>> all =
                new ArrayList<>(cars.fromQuery("garage", "car").get());
        for (int i = 0; i < 8; i++) {
            Item<BackupWorld.Car> some = all.remove(random.nextInt(all.size()));
            if (random.nextBoolean()) {
                some.delete();
            } else {
                some.update(car -> new BackupWorld.Car(
                                "changed " + random.nextInt(),
                                car.plate(),
                                !car.electric(),
                                null,
                                car.tax(),
                                List.of()))
                        .commit();
            }
        }
    }

    @Test
    void each_link_of_a_chain_restores_the_items_and_revisions_of_its_moment() {
        Random random = Seed.random(IncrementalBackupTest.class);
        List<BackupInfo> links = new ArrayList<>();
        List<Map<String, String>> states = new ArrayList<>();
        try (Pool pool = world.open("one")) {
            BackupWorld.fill(pool, 0, 100);
            for (int round = 1; round <= 4; round++) {
                links.add(pool.backups().run("files", round == 3 ? FULLY.sealed() : INCREMENT));
                states.add(BackupWorld.state(pool));
                change(pool, random, round);
            }
            assertThat(links)
                    .extracting(BackupInfo::kind)
                    .startsWith(Kind.FULL)
                    .filteredOn(Kind.INCREMENT::equals)
                    .hasSize(3);
            for (int i = 1; i < links.size(); i++) {
                assertThat(links.get(i).base()).contains(links.get(i - 1).id());
                assertThat(links.get(i).bytes()).isLessThan(links.get(0).bytes() / 2);
                assertThat(links.get(i).items()).isEqualTo(states.get(i).size());
            }
            assertThat(pool.backups().list("files"))
                    .extracting(BackupInfo::base)
                    .first()
                    .isEqualTo(java.util.Optional.of(links.get(2).id()));
        }
        for (int i = 0; i < links.size(); i++) {
            try (Pool fresh = world.open("fresh-" + i)) {
                fresh.backups().restore(links.get(i).id(), RestoreOptions.replace());
                assertThat(BackupWorld.state(fresh)).as("link %d", i).isEqualTo(states.get(i));
            }
        }
    }

    @Test
    void tables_columns_and_rows_that_come_and_go_between_links_are_as_they_were() {
        Path file = folder.resolve("notes.sqlite");
        BackupId last;
        Map<String, String> state;
        try (Pool pool = Korm.pool()
                .layer("main", Sqlite.file(file))
                .depot("files", world.depot)
                .withHistory()
                .open()) {
            Items<Note> notes = Korm.item(Note.class, pool);
            Item<Note> first = notes.fromData("n", "a", new Note("one", 1)).create();
            notes.fromData("n", "gone", new Note("x", 1)).create();
            pool.backups().run("files", FULLY);
            first.delete();
            Items<Wider> wider = Korm.item(Wider.class, pool);
            wider.fromData("n", "a", new Wider("two", 2, List.of("t"))).create();
            notes.fromData("n", "b", new Note("new table", 3)).create();
            pool.backups().run("files", FULLY);
            notes.fromQuery("n", "gone").get().forEach(note -> note.delete());
            BackupInfo info = pool.backups().run("files", FULLY);
            assertThat(info.kind()).isEqualTo(Kind.INCREMENT);
            // Nothing has changed.
            last = pool.backups().run("files", FULLY).id();
            state = notes(pool);
            assertThat(state).hasSize(2);
        }
        try (Pool fresh = Korm.pool()
                .layer("main", Sqlite.file(folder.resolve("n2.sqlite")))
                .depot("files", world.depot)
                .withHistory()
                .open()) {
            fresh.backups().restore(last, RestoreOptions.replace().fromAnyPool());
            assertThat(notes(fresh)).isEqualTo(state);
        }
    }

    record Wider(String text, int stars, List<String> tags) {}

    private static Map<String, String> notes(Pool pool) {
        Map<String, String> all = new TreeMap<>();
        Korm.item(Wider.class, pool)
                .fromQuery("n", "a")
                .get()
                .forEach(note -> all.put(note.rn().toString(), note.data().toString()));
        Korm.item(Note.class, pool)
                .fromQuery("n", "b")
                .get()
                .forEach(note -> all.put(note.rn().toString(), note.data().toString()));
        return all;
    }

    @Test
    void files_that_have_not_changed_are_not_copied_again_and_those_deleted_do_not_come_back() throws IOException {
        BackupOptions files = FULLY.withFiles();
        Map<String, String> before;
        BackupInfo second;
        try (Pool pool = world.open("one")) {
            Depot depot = world.depot.open("files", Environment.system());
            put(depot, "same", "s".repeat(100_000));
            put(depot, "changed", "before");
            put(depot, "gone", "g");
            BackupInfo first = pool.backups().run("files", files);
            assertThat(first.files()).contains(3L);
            put(depot, "changed", "after");
            put(depot, "new", "n");
            depot.delete(file("gone"));
            before = contents(depot);
            second = pool.backups().run("files", files);
            assertThat(second.kind()).isEqualTo(Kind.INCREMENT);
            assertThat(second.files()).contains(3L);
            assertThat(second.bytes()).isLessThan(2000);
            depot.delete(file("same"));
            put(depot, "changed", "later");
            depot.delete(file("new"));
            assertThat(pool.backups()
                            .restore(second.id(), RestoreOptions.replace())
                            .files())
                    .isEqualTo(3);
            assertThat(contents(depot)).isEqualTo(before);
        }
    }

    private static Rn<?> file(String name) {
        return Rn.file("files", "docs", name);
    }

    private static void put(Depot depot, String name, String content) {
        depot.put(file(name), new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)), PutOptions.NONE);
    }

    private static Map<String, String> contents(Depot depot) throws IOException {
        Map<String, String> all = new TreeMap<>();
        try (Stream<FileEntry> files = depot.list(Rn.prefix("files", "docs"))) {
            for (FileEntry each : files.toList()) {
                try (FileContent content = depot.get(each.rn())) {
                    all.put(each.rn().toString(), new String(content.stream().readAllBytes(), StandardCharsets.UTF_8));
                }
            }
        }
        return all;
    }

    @Test
    void a_chain_with_a_missing_or_altered_link_is_refused_and_changes_nothing() throws IOException {
        List<BackupInfo> links = new ArrayList<>();
        try (Pool pool = world.open("one")) {
            BackupWorld.fill(pool, 0, 50);
            for (int round = 0; round < 3; round++) {
                links.add(pool.backups().run("files", INCREMENT));
                BackupWorld.fill(pool, 100 + round, 101 + round);
            }
        }
        try (Pool target = world.open("two")) {
            BackupWorld.fill(target, 1000, 1010);
            Map<String, String> before = BackupWorld.state(target);
            Depot depot = world.depot.open("files", Environment.system());
            for (BackupInfo link : links.subList(0, 2)) {
                for (Rn<?> file : files(depot, link.id())) {
                    byte[] good = bytes(depot, file);
                    depot.delete(file);
                    refused(target, links.get(2).id());
                    byte[] bad = good.clone();
                    bad[bad.length / 2] ^= 4;
                    put(depot, file, bad);
                    refused(target, links.get(2).id());
                    put(depot, file, good);
                }
            }
            // Another manifest in the place of the full one's, which is good in itself.
            Rn<?> place = files(depot, links.get(0).id()).stream()
                    .filter(file -> file.toString().endsWith("manifest.json"))
                    .findFirst()
                    .orElseThrow();
            Manifest was = Manifest.read(links.get(0).id(), bytes(depot, place));
            Manifest other = new Manifest(
                    was.name(),
                    was.pool(),
                    was.cut(),
                    was.kind(),
                    was.base(),
                    was.layers(),
                    was.tables(),
                    was.files(),
                    was.parts(),
                    was.keys(),
                    was.seal(),
                    List.of("exchanged"));
            put(depot, place, other.write());
            assertThat(target.backups().verify(links.get(0).id(), Depth.QUICK).notes())
                    .containsExactly("exchanged");
            refused(target, links.get(2).id());
            assertThat(BackupWorld.state(target)).isEqualTo(before);
            assertThat(target.backups().list("files"))
                    .as("no safety copy")
                    .noneMatch(backup -> backup.kind() == Kind.SAFETY);
        }
    }

    private static void refused(Pool target, BackupId id) {
        assertThatThrownBy(() -> target.backups().restore(id, RestoreOptions.replace()))
                .isInstanceOfSatisfying(BackupException.class, refused -> assertThat(refused.reason())
                        .isIn(Reason.DAMAGED, Reason.MISSING));
    }

    private static List<Rn<?>> files(Depot depot, BackupId id) {
        List<Rn<?>> found = new ArrayList<>();
        try (Stream<FileEntry> all = depot.list(Rn.prefix(depot.name(), BackupFolder.ROOT))) {
            all.map(FileEntry::rn)
                    .filter(rn ->
                            rn.toString().contains(id.name()) && !rn.toString().endsWith("verified.json"))
                    .forEach(found::add);
        }
        return found;
    }

    private static byte[] bytes(Depot depot, Rn<?> file) throws IOException {
        try (FileContent content = depot.get(file)) {
            return content.stream().readAllBytes();
        }
    }

    private static void put(Depot depot, Rn<?> file, byte[] bytes) {
        depot.put(file, new ByteArrayInputStream(bytes), PutOptions.NONE);
    }

    @Test
    void a_chain_ends_at_its_limit_and_nothing_is_added_to_what_is_damaged() throws IOException {
        try (Pool pool = world.open("one")) {
            BackupWorld.fill(pool, 0, 10);
            BackupOptions three = BackupOptions.defaults().incremental(ChainLimit.backups(3));
            List<Kind> kinds = new ArrayList<>();
            for (int i = 0; i < 7; i++) {
                kinds.add(pool.backups().run("files", three).kind());
            }
            assertThat(kinds)
                    .containsExactly(
                            Kind.FULL,
                            Kind.INCREMENT,
                            Kind.INCREMENT,
                            Kind.FULL,
                            Kind.INCREMENT,
                            Kind.INCREMENT,
                            Kind.FULL);
            BackupInfo base = pool.backups().list("files").get(0);
            BackupInfo increment = pool.backups().run("files", INCREMENT);
            assertThat(increment.base()).contains(base.id());
            Depot depot = world.depot.open("files", Environment.system());
            Rn<?> part = files(depot, base.id()).stream()
                    .filter(file -> file.toString().contains("part"))
                    .findFirst()
                    .orElseThrow();
            byte[] bad = bytes(depot, part);
            bad[bad.length / 2] ^= 1;
            put(depot, part, bad);
            BackupInfo next = pool.backups().run("files", INCREMENT);
            assertThat(next.kind()).isEqualTo(Kind.FULL);
            assertThat(next.notes())
                    .anyMatch(note -> note.contains(increment.id().name()));
            assertThat(pool.backups().list("files").subList(1, 3))
                    .allMatch(broken -> broken.verified().isEmpty());
        }
    }

    @Test
    void pruning_keeps_what_a_kept_increment_adds_to_and_deletes_chains_from_their_end() {
        try (Pool pool = world.open("one")) {
            BackupWorld.fill(pool, 0, 10);
            List<BackupInfo> links = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                BackupWorld.fill(pool, 100 + i, 101 + i);
                links.add(pool.backups().run("files", BackupOptions.defaults().incremental(ChainLimit.backups(3))));
            }
            Instant kept = links.get(1).cut();
            assertThat(pool.backups().prune("files", all -> Set.of(kept)))
                    .containsExactly(links.get(2).id());
            assertThat(pool.backups().prune("files", all -> Set.of()))
                    .as("the last that was verified needs its chain")
                    .containsExactly(links.get(1).id(), links.get(0).id());
            for (BackupInfo left : pool.backups().list("files")) {
                assertThat(pool.backups().verify(left.id(), Depth.FULL).verified())
                        .isPresent();
            }
        }
    }

    @Test
    void pruning_leaves_what_an_increment_is_being_made_of() {
        try (Pool pool = world.open("one")) {
            BackupWorld.fill(pool, 0, 10);
            BackupInfo base = pool.backups().run("files");
            List<BackupId> deleted = new ArrayList<>();
            boolean[] once = {false};
            BackupInfo increment = pool.backups().run("files", INCREMENT.progress((done, total) -> {
                if (!once[0]) {
                    once[0] = true;
                    pool.backups().run("files");
                    deleted.addAll(pool.backups().prune("files", all -> Set.of()));
                }
            }));
            assertThat(deleted).isEmpty();
            assertThat(increment.base()).contains(base.id());
            assertThat(pool.backups().verify(increment.id(), Depth.QUICK).verified())
                    .isPresent();
        }
    }
}
