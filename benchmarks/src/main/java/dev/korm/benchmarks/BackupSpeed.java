package dev.korm.benchmarks;

import dev.korm.FloatingItem;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Stored;
import dev.korm.Unique;
import dev.korm.backup.BackupId;
import dev.korm.backup.BackupInfo;
import dev.korm.backup.RestoreOptions;
import dev.korm.depots.local.LocalDepot;
import dev.korm.jdbc.Postgres;
import dev.korm.jdbc.Sqlite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Makes, verifies and restores a backup of a layer of SQLite, beside {@code sqlite3}'s {@code .dump} and the load of it, and beside the copy of the
 * whole file by {@code VACUUM INTO}; or of one of PostgreSQL, beside {@code pg_dump} and {@code pg_restore}. To be run with a small heap, such as {@code -Xmx64m}.
 */
final class BackupSpeed {
    private static final int BATCH = 2000;

    @Stored(layer = "main", namespace = "benchmark", kind = "car")
    record Vehicle(String make, Unique<String> plate, int year, double price, boolean electric, List<String> tags) {}

    private BackupSpeed() {}

    /** @param args the number of items, and a folder, which is filled where it is empty; the URL of a PostgreSQL database that holds nothing else, {@code postgres://USER:PASSWORD@HOST:PORT/NAME} */
    public static void main(String... args) throws IOException, InterruptedException {
        if (args.length > 2) {
            postgres(Integer.parseInt(args[0]), Path.of(args[1]), args[2]);
            return;
        }
        int items = Integer.parseInt(args[0]);
        Path folder = Path.of(args[1]);
        Path file = folder.resolve("source.sqlite");
        boolean filled = Files.exists(file);
        Files.createDirectories(folder);
        BackupId id;
        try (Pool pool = pool(folder, file)) {
            if (!filled) {
                timed("fill", () -> fill(pool, items));
            }
            BackupInfo[] made = new BackupInfo[1];
            timed(
                    "korm: backup and quick verification",
                    () -> made[0] = pool.backups().run("safe"));
            id = made[0].id();
            System.out.printf(Locale.ROOT, "%d items, %.1f MB%n", made[0].items(), made[0].bytes() / 1e6);
            timed("korm: quick verification alone", () -> pool.backups()
                    .verify(id, dev.korm.backup.Verification.Depth.QUICK));
        }
        Path dump = folder.resolve("dump.sql");
        Path copy = folder.resolve("copy.sqlite");
        Path loaded = folder.resolve("loaded.sqlite");
        Path restored = folder.resolve("restored.sqlite");
        for (Path old : List.of(dump, copy, loaded, restored)) {
            Files.deleteIfExists(old);
        }
        timed("sqlite3 .dump", () -> shell("sqlite3 " + file + " .dump > " + dump + " && sync " + dump));
        timed(
                "sqlite3 VACUUM INTO",
                () -> shell("sqlite3 " + file + " \"VACUUM INTO '" + copy + "'\" && sync " + copy));
        timed("sqlite3 < dump", () -> shell("sqlite3 " + loaded + " < " + dump));
        try (Pool pool = pool(folder, restored)) {
            timed("korm: restore, with all its checks", () -> pool.backups().restore(id, RestoreOptions.replace()));
        }
        System.out.printf(
                Locale.ROOT, "largest heap: %d MB%n", Runtime.getRuntime().maxMemory() >> 20);
    }

    private static void postgres(int items, Path folder, String url) {
        shell(
                "psql -q " + url
                        + " -c 'CREATE SCHEMA IF NOT EXISTS source' -c 'DROP SCHEMA IF EXISTS target CASCADE' -c 'CREATE SCHEMA target'");
        BackupId id;
        try (Pool pool = pool(folder, url, "source")) {
            if (Korm.item(Vehicle.class, pool).query().count() == 0) {
                timed("fill", () -> fill(pool, items));
            }
            BackupInfo[] made = new BackupInfo[1];
            timed(
                    "korm: backup and quick verification",
                    () -> made[0] = pool.backups().run("safe"));
            id = made[0].id();
        }
        Path dump = folder.resolve("dump.pg");
        timed("pg_dump -Fc -Z1", () -> shell("pg_dump -Fc -Z1 -n source -f " + dump + " " + url + " && sync " + dump));
        try (Pool pool = pool(folder, url, "target")) {
            timed("korm: restore, with all its checks", () -> pool.backups()
                    .restore(id, RestoreOptions.replace().fromAnyPool()));
        }
        shell("psql -q " + url + " -c 'DROP SCHEMA target CASCADE' -c 'ALTER SCHEMA source RENAME TO kept'");
        timed("pg_restore", () -> shell("pg_restore -d " + url + " " + dump));
        shell("psql -q " + url + " -c 'DROP SCHEMA source CASCADE' -c 'ALTER SCHEMA kept RENAME TO source'");
    }

    private static Pool pool(Path folder, String url, String schema) {
        return Korm.pool()
                .layer("main", Postgres.url(url).schema(schema))
                .depot("safe", LocalDepot.at(folder.resolve("safe")))
                .open();
    }

    private static Pool pool(Path folder, Path file) {
        return Korm.pool()
                .layer("main", Sqlite.file(file))
                .depot("safe", LocalDepot.at(folder.resolve("safe")))
                .open();
    }

    private static void fill(Pool pool, int items) {
        Items<Vehicle> vehicles = Korm.item(Vehicle.class, pool);
        for (int from = 0; from < items; from += BATCH) {
            List<FloatingItem<Vehicle>> some = new ArrayList<>(BATCH);
            for (int i = from; i < Math.min(items, from + BATCH); i++) {
                some.add(vehicles.fromData(new Vehicle(
                        "make " + i % 977,
                        Unique.of("plate-" + i),
                        1950 + i % 77,
                        i * 0.37,
                        i % 3 == 0,
                        List.of("tag" + i % 11, "other"))));
            }
            Korm.createAll(some);
        }
    }

    private static void shell(String command) {
        try {
            if (new ProcessBuilder("sh", "-c", command).inheritIO().start().waitFor() != 0) {
                throw new IllegalStateException(command);
            }
        } catch (IOException | InterruptedException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static void timed(String what, Runnable work) {
        long begin = System.nanoTime();
        work.run();
        System.out.printf(Locale.ROOT, "%-40s %7.2f s%n", what, (System.nanoTime() - begin) / 1e9);
    }
}
