package dev.korm.wal.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Change;
import dev.korm.DuplicateException;
import dev.korm.Encrypted;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.Searchable;
import dev.korm.Unique;
import dev.korm.backup.BackupException;
import dev.korm.backup.BackupInfo;
import dev.korm.backup.BackupOptions;
import dev.korm.backup.RestoreOptions;
import dev.korm.history.HistoryException;
import dev.korm.jdbc.Sqlite;
import dev.korm.testkit.Seed;
import dev.korm.testkit.memory.MemoryDepot;
import dev.korm.wal.Wal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups of what was there at an earlier moment, and restores of them. */
@NullUnmarked // Tests dereference what they expect to be there.
class EarlierMomentTest {
    private static final List<String> LAYERS = List.of("left", "middle", "right");
    private static final int ACTS = 120;

    @TempDir
    private Path folder;

    private MemoryDepot depot;

    record Part(int number, Unique<String> code, @Searchable Encrypted<String> secret, List<String> tags) {}

    @BeforeEach
    void depot() {
        depot = MemoryDepot.create();
    }

    private Pool open() {
        var builder = Korm.pool()
                .depot("files", depot)
                .keys(BackupWorld.ring("k1", 7))
                .withHistory()
                .withWal(Wal.at(folder.resolve("journal")));
        LAYERS.forEach(layer -> builder.layer(layer, Sqlite.file(folder.resolve(layer + ".sqlite"))));
        return builder.open();
    }

    private static Part part(int number) {
        return new Part(
                number, Unique.of("code " + number), Encrypted.of("secret " + number), List.of("a", "" + number));
    }

    /** Returns all items of all layers, secrets opened, by layer and id. */
    private static Map<String, String> state(Pool pool) {
        Map<String, String> all = new TreeMap<>();
        for (String layer : LAYERS) {
            for (String kind : List.of("one", "two")) {
                try (var items = Korm.item(Part.class, pool).fromQuery(layer, "parts", kind).stream()) {
                    items.forEach(item -> all.put(
                            layer + " " + item.rn(),
                            item.data().number() + " " + item.data().code() + " "
                                    + item.data().secret().reveal() + " "
                                    + item.data().tags()));
                }
            }
        }
        return all;
    }

    /** Makes a random change of one to three layers. */
    private static void act(Pool pool, Random random, int number) {
        Items<Part> parts = Korm.item(Part.class, pool);
        String kind = random.nextBoolean() ? "one" : "two";
        List<Change<?>> changes = new ArrayList<>();
        for (String layer : LAYERS) {
            List<Item<Part>> there = parts.fromQuery(layer, "parts", kind).get();
            if (random.nextInt(3) == 0) {
                continue;
            }
            if (there.size() < 3 || random.nextInt(3) == 0) {
                changes.add(parts.fromData(layer, "parts", kind, part(number)));
            } else {
                Item<Part> one = there.get(random.nextInt(there.size()));
                changes.add(
                        random.nextInt(3) == 0
                                ? one.deletion()
                                : one.set(Part::code, Unique.of("code " + number))
                                        .set(Part::number, -number));
            }
        }
        if (!changes.isEmpty()) {
            Korm.tx(changes).persist();
        }
    }

    /** Waits until the clock has gone on by as much as two changes differ by, and returns its time. */
    private static Instant nextMoment() {
        Instant begin = Instant.now();
        Instant now = begin;
        while (now.isBefore(begin.plusMillis(2))) {
            Thread.onSpinWait();
            now = Instant.now();
        }
        return now;
    }

    @Test
    void three_layers_are_again_just_as_they_were_at_each_recorded_moment() {
        Random random = Seed.random(EarlierMomentTest.class);
        Map<Instant, Map<String, String>> recorded = new TreeMap<>();
        try (Pool pool = open()) {
            for (int i = 1; i <= ACTS; i++) {
                act(pool, random, i);
                if (i % (ACTS / 5) == 0) {
                    recorded.put(nextMoment(), state(pool));
                    nextMoment();
                }
            }
            List<Instant> moments = new ArrayList<>(recorded.keySet());
            java.util.Collections.shuffle(moments, random);
            for (Instant moment : moments) {
                BackupInfo earlier = pool.backups().asOf(moment, "files");
                assertThat(earlier.kind()).isEqualTo(BackupInfo.Kind.AS_OF);
                assertThat(earlier.cut()).isBetween(moment.minusMillis(1), moment);
                pool.backups().restore(earlier.id(), RestoreOptions.replace());
                assertThat(state(pool)).as("at " + moment).isEqualTo(recorded.get(moment));
            }
            // Restored rows are found by what they hold, and keep others out.
            Items<Part> parts = Korm.item(Part.class, pool);
            Item<Part> one = parts.fromQuery("left", "parts", "one").first().get();
            assertThat(parts.fromQuery("left", "parts", "one")
                            .where(dev.korm.Filter.eq(
                                    "secret", one.data().secret().reveal()))
                            .get())
                    .extracting(Item::rn)
                    .contains(one.rn());
            Part taken = new Part(0, one.data().code(), Encrypted.of("x"), List.of());
            assertThatThrownBy(
                            () -> parts.fromData("left", "parts", "one", taken).create())
                    .isInstanceOf(DuplicateException.class);
        }
    }

    @Test
    void a_moment_within_a_change_is_the_one_before_it() throws SQLException {
        try (Pool pool = open()) {
            Items<Part> parts = Korm.item(Part.class, pool);
            Korm.createAll(LAYERS.stream()
                    .map(layer -> parts.fromData(layer, "parts", "one", part(1)))
                    .toList());
            Map<String, String> before = state(pool);
            List<Item<Part>> items = LAYERS.stream()
                    .map(layer -> parts.fromQuery(layer, "parts", "one").first().get())
                    .toList();
            Korm.tx(items.stream().map(item -> item.set(Part::number, 2)).toList())
                    .persist();
            // As after a change by a program whose clock is ahead.
            for (int i = 0; i < LAYERS.size(); i++) {
                later(LAYERS.get(i), items.get(i).rn(), i);
            }
            List<Instant> times = items.stream()
                    .map(item -> parts.history(item.rn()).newest(1).get(0).time())
                    .sorted()
                    .toList();
            assertThat(times.get(0)).isBefore(times.get(2));
            for (Instant within : List.of(times.get(0), times.get(1))) {
                BackupInfo earlier = pool.backups().asOf(within, "files");
                assertThat(earlier.cut()).isBefore(times.get(0));
                pool.backups().restore(earlier.id(), RestoreOptions.replace());
                assertThat(state(pool)).isEqualTo(before);
            }
            BackupInfo after = pool.backups().asOf(times.get(2), "files");
            assertThat(after.cut()).isEqualTo(times.get(2));
        }
    }

    private void later(String layer, Rn<Part> item, int micros) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve(layer + ".sqlite"));
                PreparedStatement later = connection.prepareStatement(
                        "UPDATE __korm_history__ SET time = time + ? WHERE item_id = ? AND operation = 'CHANGED'")) {
            later.setInt(1, micros);
            later.setString(2, item.id().orElseThrow());
            assertThat(later.executeUpdate()).isEqualTo(1);
        }
    }

    @Test
    void moments_that_nothing_is_known_of_are_refused() {
        try (Pool pool = open()) {
            Korm.item(Part.class, pool)
                    .fromData("left", "parts", "one", part(1))
                    .create();
            Instant now = Instant.now();
            for (Instant unknown : List.of(now.plus(Duration.ofDays(1)), now.minus(Duration.ofDays(1)))) {
                assertThatThrownBy(() -> pool.backups().asOf(unknown, "files")).isInstanceOf(HistoryException.class);
            }
            assertThatThrownBy(() -> pool.backups()
                            .asOf(now, "files", BackupOptions.defaults().withFiles()))
                    .isInstanceOf(BackupException.class);
            assertThat(pool.backups().list("files")).isEmpty();
        }
        try (Pool pool = new BackupWorld(folder).open("without")) {
            assertThatThrownBy(() -> pool.backups().asOf(Instant.now(), "files"))
                    .isInstanceOf(HistoryException.class)
                    .hasMessageContaining("withHistory()");
        }
    }
}
