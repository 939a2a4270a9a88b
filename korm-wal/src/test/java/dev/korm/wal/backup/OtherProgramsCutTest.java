package dev.korm.wal.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.backup.BackupInfo;
import dev.korm.backup.RestoreOptions;
import dev.korm.depots.local.LocalDepot;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.Batch;
import dev.korm.spi.Layer;
import dev.korm.spi.LayerSource;
import dev.korm.spi.TransactionMarker;
import dev.korm.spi.environment.Environment;
import dev.korm.testkit.fault.OtherProcess;
import dev.korm.testkit.fault.VirtualEnvironment;
import dev.korm.wal.Wal;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup has all or nothing of each change of several layers, also of those that other programs make meanwhile. */
@NullUnmarked // Tests dereference what they expect to be there.
class OtherProgramsCutTest {
    private static final int PAIRS = 3;

    @TempDir
    private Path folder;

    record Side(int pair, long value) {}

    private static LayerSource file(Path folder, String name, String layer) {
        // Whoever closes a file that others read from would wait for them so long.
        return Sqlite.file(folder.resolve(name + "-" + layer + ".sqlite")).busyTimeout(Duration.ofSeconds(2));
    }

    private static PoolBuilder builder(Path folder, String name) {
        return Korm.pool()
                .layer("left", file(folder, name, "left"))
                .layer("middle", file(folder, name, "middle"))
                .layer("right", file(folder, name, "right"))
                .depot("files", LocalDepot.at(folder.resolve("files")))
                .withWal(Wal.at(folder.resolve("journal-of-" + name)));
    }

    private static List<Item<Side>> begin(Pool pool, int pair) {
        Items<Side> sides = Korm.item(Side.class, pool);
        List<Item<Side>> items = new ArrayList<>();
        for (String layer : pool.layers()) {
            items.add(sides.fromData(layer, "pairs", "side", new Side(pair, 0)).create());
        }
        return items;
    }

    private static List<Item<Side>> count(List<Item<Side>> items, long value) {
        Korm.tx(items.stream().map(item -> item.set(Side::value, value)).toList())
                .persist();
        return items.stream().map(Item::reload).toList();
    }

    private static List<Side> sides(Pool pool, String layer) {
        return Korm.item(Side.class, pool).fromQuery(layer, "pairs", "side").get().stream()
                .map(Item::data)
                .sorted(Comparator.comparingInt(Side::pair))
                .toList();
    }

    private void requireWhole(BackupInfo backup, String name) {
        try (Pool pool = builder(folder, name).open()) {
            pool.backups().restore(backup.id(), RestoreOptions.replace().fromAnyPool());
            assertThat(sides(pool, "left")).isNotEmpty();
            for (String layer : List.of("middle", "right")) {
                assertThat(sides(pool, layer)).as(layer).isEqualTo(sides(pool, "left"));
            }
        }
    }

    /** Returns a layer that has something done after each snapshot of it. */
    private static LayerSource afterSnapshots(LayerSource source, Runnable work) {
        return (name, environment) -> {
            Layer layer = source.open(name, environment);
            return (Layer) Proxy.newProxyInstance(
                    Layer.class.getClassLoader(), new Class<?>[] {Layer.class}, (proxy, method, arguments) -> {
                        try {
                            Object answer = method.invoke(layer, arguments);
                            if (method.getName().equals("snapshot")) {
                                work.run();
                            }
                            return answer;
                        } catch (InvocationTargetException thrown) {
                            throw thrown.getCause();
                        }
                    });
        };
    }

    /** The other program makes a change after the first snapshot and ends, which leaves no marker; all of that before the second. */
    @Test
    void a_change_that_came_and_went_between_two_snapshots_is_seen() throws Exception {
        try (Pool pool = builder(folder, "one").open()) {
            begin(pool, 1);
        }
        AtomicInteger snapshots = new AtomicInteger();
        AtomicInteger changes = new AtomicInteger();
        Runnable other = () -> {
            // After the first snapshot of the first two cuts.
            if (snapshots.incrementAndGet() % 3 == 1 && snapshots.get() <= 4) {
                try (Pool pool = builder(folder, "one").open()) {
                    List<Item<Side>> items = pool.layers().stream()
                            .map(layer -> Korm.item(Side.class, pool)
                                    .fromQuery(layer, "pairs", "side")
                                    .first()
                                    .get())
                            .toList();
                    count(items, changes.incrementAndGet());
                }
            }
        };
        try (Pool pool = Korm.pool()
                .layer("left", afterSnapshots(file(folder, "one", "left"), other))
                .layer("middle", afterSnapshots(file(folder, "one", "middle"), other))
                .layer("right", afterSnapshots(file(folder, "one", "right"), other))
                .depot("files", LocalDepot.at(folder.resolve("files")))
                .withWal(Wal.at(folder.resolve("journal-of-one")))
                .open()) {
            BackupInfo backup = pool.backups().run("files");
            assertThat(snapshots.get()).isEqualTo(9);
            assertThat(backup.notes()).isEmpty();
            requireWhole(backup, "restored");
        }
    }

    @Test
    void a_change_that_nobody_finishes_is_waited_for_and_then_told() throws Exception {
        try (Pool pool = builder(folder, "one").open()) {
            count(begin(pool, 1), 1);
        }
        String id = "change-0123456789abcdef-1";
        try (Layer right = file(folder, "one", "right").open("right", Environment.system())) {
            right.apply(new Batch(
                    List.of(),
                    Optional.of(new TransactionMarker(id, "pool", Instant.EPOCH, List.of("right", "middle", "left")))));
        }
        VirtualEnvironment time = VirtualEnvironment.seeded(1).withThreads();
        try (Pool pool = builder(folder, "one").environment(time).open()) {
            BackupInfo backup = pool.backups().run("files");
            assertThat(backup.notes()).singleElement().asString().contains(id).contains("is not in middle, left");
            assertThat(time.clock().instant())
                    .isBetween(VirtualEnvironment.START.plusSeconds(75), VirtualEnvironment.START.plusSeconds(90));
        }
    }

    /** Another program counts as fast as it can, and is killed while a backup is made, or after it. */
    @Test
    void another_program_that_is_killed_leaves_no_change_half_in_a_backup() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<BackupInfo> backups = new ArrayList<>();
        try (Pool pool = builder(folder, "one").open()) {
            for (int round = 0; round < 4; round++) {
                try (OtherProcess other = OtherProcess.start(
                        Counting.class, List.of("-Xmx100m", "-XX:TieredStopAtLevel=1"), List.of(folder.toString()))) {
                    other.await("counting");
                    Thread killer = new Thread(() -> {
                        try {
                            Thread.sleep(random.nextInt(400));
                            other.kill();
                        } catch (InterruptedException ended) {
                            Thread.currentThread().interrupt();
                        }
                    });
                    killer.start();
                    backups.add(pool.backups().run("files"));
                    killer.join();
                }
            }
        }
        for (BackupInfo backup : backups) {
            assertThat(backup.notes()).as("seed " + seed).isEmpty();
            requireWhole(backup, "restored-" + backups.indexOf(backup));
        }
    }

    /** The other program. */
    static final class Counting {
        public static void main(String[] arguments) {
            Path folder = Path.of(arguments[0]);
            try (Pool pool = builder(folder, "one").open()) {
                List<List<Item<Side>>> pairs = new ArrayList<>();
                int first = new Random().nextInt(1_000_000);
                for (int pair = 0; pair < PAIRS; pair++) {
                    List<Item<Side>> items = new ArrayList<>();
                    List<dev.korm.FloatingItem<Side>> floating = new ArrayList<>();
                    for (String layer : pool.layers()) {
                        floating.add(Korm.item(Side.class, pool)
                                .fromData(layer, "pairs", "side", new Side(first + pair, 0)));
                    }
                    items.addAll(Korm.createAll(floating));
                    pairs.add(items);
                }
                System.out.println("counting");
                for (long value = 1; value < Long.MAX_VALUE; value++) {
                    for (int pair = 0; pair < PAIRS; pair++) {
                        pairs.set(pair, count(pairs.get(pair), value));
                    }
                }
            }
        }
    }
}
