package dev.korm.wal.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.backup.BackupInfo;
import dev.korm.backup.RestoreOptions;
import dev.korm.jdbc.Sqlite;
import dev.korm.testkit.memory.MemoryDepot;
import dev.korm.wal.Wal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup that is made while others change two layers has all or nothing of each change. */
class BackupCutTest {
    private static final int PAIRS = 4;

    @TempDir
    private Path folder;

    record Side(int pair, long value) {}

    private Pool open(String name, MemoryDepot depot) {
        return Korm.pool()
                .layer("left", Sqlite.file(folder.resolve(name + "-left.sqlite")))
                .layer("right", Sqlite.file(folder.resolve(name + "-right.sqlite")))
                .depot("files", depot)
                .withWal(Wal.at(folder.resolve("journal-of-" + name)))
                .open();
    }

    /** Counts both sides of a pair up, in one change. */
    private static void count(Pool pool, int pair, AtomicBoolean stop, AtomicLong changes) {
        Items<Side> sides = Korm.item(Side.class, pool);
        Item<Side> left =
                sides.fromData("left", "pairs", "side", new Side(pair, 0)).create();
        Item<Side> right =
                sides.fromData("right", "pairs", "side", new Side(pair, 0)).create();
        for (long value = 1; !stop.get(); value++) {
            Korm.tx(left.set(Side::value, value), right.set(Side::value, value)).persist();
            changes.incrementAndGet();
            left = left.reload();
            right = right.reload();
        }
    }

    @Test
    void of_each_change_all_or_nothing_is_in_it() throws Exception {
        MemoryDepot depot = MemoryDepot.create();
        List<BackupInfo> backups = new ArrayList<>();
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLong changes = new AtomicLong();
        ExecutorService writers = Executors.newFixedThreadPool(PAIRS);
        try (Pool pool = open("one", depot)) {
            List<Future<?>> running = new ArrayList<>();
            for (int pair = 0; pair < PAIRS; pair++) {
                int number = pair;
                running.add(writers.submit(() -> count(pool, number, stop, changes)));
            }
            for (int i = 0; i < 12; i++) {
                long before = changes.get();
                while (changes.get() < before + 5) {
                    Thread.onSpinWait();
                    running.stream().filter(Future::isDone).forEach(BackupCutTest::rethrow);
                }
                backups.add(pool.backups().run("files"));
            }
            stop.set(true);
            for (Future<?> writer : running) {
                writer.get(30, TimeUnit.SECONDS);
            }
        } finally {
            stop.set(true);
            writers.shutdownNow();
        }
        for (int i = 0; i < backups.size(); i++) {
            try (Pool pool = open("restored-" + i, depot)) {
                pool.backups().restore(backups.get(i).id(), RestoreOptions.replace());
                assertThat(sides(pool, "left")).isEqualTo(sides(pool, "right"));
            }
        }
        System.out.println("Backups: " + backups.size() + ", changes meanwhile: " + changes);
    }

    private static void rethrow(Future<?> ended) {
        try {
            ended.get();
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }

    private static List<Side> sides(Pool pool, String layer) {
        return Korm.item(Side.class, pool).fromQuery(layer, "pairs", "side").get().stream()
                .map(Item::data)
                .sorted(java.util.Comparator.comparingInt(Side::pair))
                .toList();
    }
}
