package dev.korm.benchmarks;

import static java.util.Objects.requireNonNull;

import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Stored;
import dev.korm.Unique;
import dev.korm.backup.BackupId;
import dev.korm.backup.BackupInfo;
import dev.korm.backup.BackupOptions;
import dev.korm.backup.RestoreOptions;
import dev.korm.depots.local.LocalDepot;
import dev.korm.jdbc.Postgres;
import dev.korm.jdbc.Sqlite;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Makes and restores backups of a layer, beside what the database's own programs take for the same rows, all in turns. To be run with a small heap, such as {@code -Xmx64m}.
 *
 * <p>Each task of korm has two rivals. The bare one writes a dump, or loads it. The fair one does what korm does: it compresses, takes a checksum, reads back what it wrote and compares; before a load it compares the
 * checksum. Beside the time stands that of the processors, of this process, of the programs and of PostgreSQL's server together, which says more where others work on the machine.
 */
final class BackupSpeed {
    private static final int BATCH = 2000;
    private static final int CHANGED = 1000;

    /** The limit of a backup that leaves the machine to others, in bytes a second. */
    private static final long RATE = 5_000_000;

    private static final Duration ALONE = Duration.ofSeconds(10);
    private static final Duration TICK = Duration.ofMillis(10);

    @Stored(layer = "main", namespace = "benchmark", kind = "car")
    record Vehicle(String make, Unique<String> plate, int year, double price, boolean electric, List<String> tags) {}

    private final Path folder;
    private final int rounds;

    /** The process of PostgreSQL's server; 0 where there is none. */
    private final long server;

    private final Map<String, List<Cost>> costs = new LinkedHashMap<>();

    private record Cost(double seconds, double processors) {}

    private BackupSpeed(Path folder, int rounds, long server) {
        this.folder = folder;
        this.rounds = rounds;
        this.server = server;
    }

    /**
     * @param args the number of items, a folder, which is filled where it is empty, and the number of rounds; the URL of a PostgreSQL database that holds nothing else and whose server is on this machine,
     *     {@code postgres://USER:PASSWORD@HOST:PORT/NAME}, for it in place of SQLite
     */
    public static void main(String... args) throws IOException {
        int items = Integer.parseInt(args[0]);
        Path folder = Path.of(args[1]);
        int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 1;
        Files.createDirectories(folder);
        if (args.length > 3) {
            String url = args[3];
            String[] pid = output("psql -qAt " + url + " -c \"SELECT pg_read_file('postmaster.pid')\"")
                    .split("\\R");
            new BackupSpeed(folder, rounds, Long.parseLong(pid[0])).postgres(items, url);
        } else {
            new BackupSpeed(folder, rounds, 0).sqlite(items);
        }
        System.out.printf(
                Locale.ROOT, "largest heap: %d MB%n", Runtime.getRuntime().maxMemory() >> 20);
    }

    private void sqlite(int items) throws IOException {
        Path source = folder.resolve("source.sqlite");
        if (!Files.exists(source)) {
            try (Pool pool = pool(source)) {
                fill(pool, items);
            }
        }
        Path dump = folder.resolve("dump.sql");
        Path packed = folder.resolve("dump.sql.gz");
        Path loaded = folder.resolve("loaded.sqlite");
        Path restored = folder.resolve("restored.sqlite");
        for (int round = 0; round < rounds; round++) {
            deleteAll(dump, packed, loaded, restored);
            BackupId id = backup(() -> pool(source));
            timed("dump", () -> shell("sqlite3 " + source + " .dump > " + dump + " && sync " + dump));
            timed(
                    "fair dump",
                    () -> shell("mkfifo " + folder + "/sum && (sha256sum < " + folder + "/sum > " + folder
                            + "/dump.sha256 & sqlite3 " + source + " .dump | tee " + folder + "/sum | gzip -1 > "
                            + packed
                            + " && wait && sync " + packed + ") && rm " + folder + "/sum && gzip -dc " + packed
                            + " | sha256sum --status -c " + folder + "/dump.sha256"));
            restore(() -> pool(restored), id);
            timed("load", () -> shell("sqlite3 " + loaded + " < " + dump));
            deleteAll(loaded);
            timed(
                    "fair load",
                    () -> shell("gzip -dc " + packed + " | sha256sum --status -c " + folder
                            + "/dump.sha256 && gzip -dc " + packed + " | sqlite3 " + loaded));
        }
        print();
        writers(() -> pool(source));
    }

    private void postgres(int items, String url) {
        String psql = "psql -q " + url;
        shell(psql + " -c 'SET client_min_messages=warning' -c 'CREATE SCHEMA IF NOT EXISTS source'");
        try (Pool pool = pool(url, "source")) {
            if (Korm.item(Vehicle.class, pool).query().count() == 0) {
                fill(pool, items);
            }
        }
        Path dump = folder.resolve("dump.pg");
        String clear = psql + " -c 'SET client_min_messages=warning' -c 'DROP SCHEMA IF EXISTS target CASCADE'";
        for (int round = 0; round < rounds; round++) {
            shell(clear + " -c 'CREATE SCHEMA target'");
            BackupId id = backup(() -> pool(url, "source"));
            String dumping = "pg_dump -Fc -Z1 -n source -f " + dump + " " + url + " && sync " + dump;
            timed("dump", () -> shell(dumping));
            timed(
                    "fair dump",
                    () -> shell(dumping + " && sha256sum " + dump + " > " + folder + "/dump.sha256 && pg_restore -f - "
                            + dump + " > /dev/null"));
            restore(() -> pool(url, "target"), id);
            shell(clear + " -c 'ALTER SCHEMA source RENAME TO kept'");
            timed("load", () -> shell("pg_restore -d " + url + " " + dump));
            shell(psql + " -c 'SET client_min_messages=warning' -c 'DROP SCHEMA source CASCADE'");
            timed(
                    "fair load",
                    () -> shell(
                            "sha256sum --status -c " + folder + "/dump.sha256 && pg_restore -d " + url + " " + dump));
            shell(psql + " -c 'SET client_min_messages=warning' -c 'DROP SCHEMA source CASCADE'"
                    + " -c 'ALTER SCHEMA kept RENAME TO source'");
        }
        print();
        writers(() -> pool(url, "source"));
    }

    private interface Opening {
        Pool open();
    }

    private BackupId backup(Opening opening) {
        BackupInfo[] made = new BackupInfo[1];
        try (Pool pool = opening.open()) {
            timed("backup", () -> made[0] = pool.backups().run("safe"));
        }
        System.out.printf(Locale.ROOT, "%d items, %.1f MB%n", made[0].items(), made[0].bytes() / 1e6);
        return made[0].id();
    }

    private void restore(Opening opening, BackupId id) {
        try (Pool pool = opening.open()) {
            timed("restore", () -> pool.backups()
                    .restore(id, RestoreOptions.replace().fromAnyPool()));
        }
    }

    /** Has one thread change items, each change a transaction of its own, while backups are made and while none is, in turns. */
    private void writers(Opening opening) {
        try (Pool pool = opening.open()) {
            List<Item<Vehicle>> items =
                    Korm.item(Vehicle.class, pool).query().limit(CHANGED).get();
            AtomicLong written = new AtomicLong();
            AtomicBoolean over = new AtomicBoolean();
            Thread writer = new Thread(() -> write(items, written, over), "writer");
            writer.start();
            try {
                List<Double> ratios = new ArrayList<>();
                List<Double> limited = new ArrayList<>();
                // Its code is compiled first.
                rate(written, () -> LockSupport.parkNanos(ALONE.toNanos()));
                for (int round = 0; round < rounds; round++) {
                    double during = rate(written, () -> pool.backups().run("safe"));
                    double alone = rate(written, () -> LockSupport.parkNanos(ALONE.toNanos()));
                    long begun = System.nanoTime();
                    double slowly = rate(written, () -> pool.backups()
                            .run("safe", BackupOptions.defaults().maxRate(RATE)));
                    System.out.printf(
                            Locale.ROOT,
                            "changes: %.0f/s, without a backup %.0f/s, with one of %d bytes a second %.0f/s for %.1f s%n",
                            during,
                            alone,
                            RATE,
                            slowly,
                            (System.nanoTime() - begun) / 1e9);
                    ratios.add(during / alone);
                    limited.add(slowly / alone);
                }
                System.out.printf(
                        Locale.ROOT,
                        "changes with / without: %.2f, with a limit: %.2f%n",
                        median(ratios.stream()),
                        median(limited.stream()));
            } finally {
                over.set(true);
                join(writer);
            }
        }
    }

    private static void write(List<Item<Vehicle>> items, AtomicLong written, AtomicBoolean over) {
        List<Item<Vehicle>> last = new ArrayList<>(items);
        for (int i = 0; !over.get(); i = (i + 1) % last.size()) {
            Item<Vehicle> item = last.get(i);
            last.set(i, item.set(Vehicle::price, item.data().price() + 1).commit());
            written.incrementAndGet();
        }
    }

    private static double rate(AtomicLong written, Runnable meanwhile) {
        long before = written.get();
        long begin = System.nanoTime();
        meanwhile.run();
        return (written.get() - before) * 1e9 / (System.nanoTime() - begin);
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void print() {
        System.out.printf(Locale.ROOT, "medians of %d, load %s%n", rounds, output("cut -d' ' -f1-3 /proc/loadavg"));
        costs.forEach((what, all) -> System.out.printf(
                Locale.ROOT,
                "%-10s %7.2f s %7.2f s of processors%n",
                what,
                median(all.stream().map(Cost::seconds)),
                median(all.stream().map(Cost::processors))));
        ratio("backup", "dump");
        ratio("backup", "fair dump");
        ratio("restore", "load");
        ratio("restore", "fair load");
    }

    private void ratio(String own, String rival) {
        List<Double> times = new ArrayList<>();
        List<Double> processors = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            Cost mine = requireNonNull(costs.get(own)).get(round);
            Cost theirs = requireNonNull(costs.get(rival)).get(round);
            times.add(mine.seconds() / theirs.seconds());
            processors.add(mine.processors() / theirs.processors());
        }
        System.out.printf(
                Locale.ROOT,
                "%s / %s: %.2f, of processors %.2f%n",
                own,
                rival,
                median(times.stream()),
                median(processors.stream()));
    }

    private static double median(Stream<Double> values) {
        List<Double> sorted = values.sorted().toList();
        return sorted.get(sorted.size() / 2);
    }

    private void timed(String what, Runnable work) {
        double before = processors();
        long begin = System.nanoTime();
        work.run();
        double seconds = (System.nanoTime() - begin) / 1e9;
        Cost cost = new Cost(seconds, processors() - before);
        costs.computeIfAbsent(what, any -> new ArrayList<>()).add(cost);
        System.out.printf(Locale.ROOT, "%-10s %7.2f s %7.2f s of processors%n", what, seconds, cost.processors());
    }

    /** Returns the time of processors that this process, the programs that it has run, and the server have had, in seconds. */
    private double processors() {
        try {
            double all = processors(Path.of("/proc/self/stat"));
            if (server != 0) {
                all += processors(Path.of("/proc/" + server + "/stat"));
                try (Stream<ProcessHandle> processes =
                        ProcessHandle.of(server).orElseThrow().children()) {
                    for (ProcessHandle process : processes.toList()) {
                        all += processors(Path.of("/proc/" + process.pid() + "/stat"));
                    }
                }
            }
            return all;
        } catch (IOException failed) {
            throw new IllegalStateException("The time of processors is not known on this system", failed);
        }
    }

    /** Returns the time of a process and of its children that have ended; see {@code proc(5)}. */
    private static double processors(Path stat) throws IOException {
        String text;
        try {
            text = Files.readString(stat, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException ended) {
            // Its time is its parent's by now.
            return 0;
        }
        String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
        long ticks = 0;
        for (int field = 11; field < 15; field++) {
            ticks += Long.parseLong(fields[field]);
        }
        return ticks * TICK.toMillis() / 1e3;
    }

    private static void deleteAll(Path... files) throws IOException {
        for (Path old : files) {
            Files.deleteIfExists(old);
        }
    }

    private Pool pool(String url, String schema) {
        return Korm.pool()
                .layer("main", Postgres.url(url).schema(schema))
                .depot("safe", LocalDepot.at(folder.resolve("safe")))
                .open();
    }

    private Pool pool(Path file) {
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
        run(new ProcessBuilder("sh", "-c", command).inheritIO());
    }

    private static String output(String command) {
        return run(new ProcessBuilder("sh", "-c", command).redirectError(ProcessBuilder.Redirect.INHERIT));
    }

    /** Runs a program to its end, and answers what it printed where that can be read. */
    private static String run(ProcessBuilder program) {
        try {
            Process process = program.start();
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", program.command()));
            }
            return printed.strip();
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }
}
