package dev.korm.benchmarks;

import static dev.korm.Assignment.set;
import static dev.korm.Filter.eq;
import static dev.korm.Order.asc;

import dev.korm.Encrypted;
import dev.korm.FloatingItem;
import dev.korm.Indexed;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Page;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.Query;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.benchmarks.rival.World;
import dev.korm.depots.local.LocalDepot;
import dev.korm.file.FileRef;
import dev.korm.jdbc.Sqlite;
import dev.korm.key.KeyRing;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Asks the same questions of collections of growing size, over a file of SQLite. What should cost the same however many items there are is printed in
 * microseconds, what should grow with them in microseconds for each item, both with their ratio to the smallest size. To be run with {@code -Xmx128m}.
 */
final class Growth {
    private static final int TOGETHER = 1_000;
    private static final int DRIVERS = 1_000;
    private static final int PAGE = 20;
    private static final int STRIDE = 5_000;
    private static final int ROUNDS = 50;
    private static final int WARM_UP = 10_000;
    private static final Duration LONGEST = Duration.ofHours(1);

    /** A file for each so many items; a folder of ten million files measures the file system. */
    private static final int FILE_EVERY = 100;

    @Stored(layer = "main", namespace = "growth", kind = "driver")
    record Driver(@Indexed String name, int born) {}

    record Engine(String fuel, int power) {}

    @Stored(layer = "main", namespace = "growth", kind = "ride")
    record Ride(
            @Indexed long number,
            @Indexed int year,
            String town,
            Engine engine,
            Rn<Driver> driver,
            Encrypted<String> note) {}

    @Stored(layer = "main", namespace = "growth", kind = "receipt")
    record Receipt(String name, FileRef scan) {}

    @FunctionalInterface
    private interface Task {
        /** Returns something of the answer, which is compared with what is expected. */
        long run(int round) throws IOException;
    }

    private final Map<String, double[]> table = new LinkedHashMap<>();
    private final int[] sizes;

    private Growth(int... sizes) {
        this.sizes = sizes;
    }

    /** @param args the sizes, from the smallest on; 100000 and 1000000 if none is given */
    public static void main(String... args) throws IOException {
        int[] sizes = args.length == 0
                ? new int[] {100_000, 1_000_000}
                : Arrays.stream(args).mapToInt(Integer::parseInt).toArray();
        // Measured and forgotten, so that the smallest size does not pay for the compiler.
        new Growth(WARM_UP).measureAll();
        Growth growth = new Growth(sizes);
        growth.measureAll();
        growth.print();
    }

    private void measureAll() throws IOException {
        for (int i = 0; i < sizes.length; i++) {
            Path folder = Files.createTempDirectory("korm-growth");
            try {
                measure(i, folder);
            } finally {
                World.delete(folder);
            }
        }
    }

    private void measure(int column, Path folder) throws IOException {
        int size = sizes[column];
        resetPeaks();
        List<Rn<Ride>> some = new ArrayList<>();
        try (Pool pool = pool(folder, keys("k1"))) {
            Items<Ride> rides = Korm.item(Ride.class, pool);
            each("load, for each item", column, size, () -> fill(pool, size, some));
            questions(column, size, rides, some);
            each("stream", column, size, () -> count(rides.query()));
            each("count by a field without index", column, size, () -> rides.query()
                    .where(eq("town", "Town 7"))
                    .count());
            each("count by a field in JSON", column, size, () -> rides.query()
                    .where(eq("engine.power", 107))
                    .count());
            each("updateAll of a tenth", column, size / 10, () -> rides.query()
                    .where(eq("year", 1990))
                    .updateAll(set("town", "Moved")));
            each("sweep, for each file", column, size / FILE_EVERY, () -> pool.sweep()
                    .run()
                    .unnamed());
        }
        try (Pool pool = pool(folder, keys("k2", "k1"))) {
            each("rotation, for each secret", column, size, () -> pool.keys()
                    .rotation()
                    .run()
                    .resealed());
            each("move into another layer", column, size, () -> Korm.collection(Ride.class, pool)
                    .from()
                    .to("other")
                    .move()
                    .items());
            Items<Ride> moved = Korm.item(Ride.class, pool);
            each("deleteAll of a tenth", column, size / 10, () -> moved.fromQuery("other", "growth", "ride")
                    .where(eq("year", 1991))
                    .deleteAll());
        }
        note("heap at its fullest, MB", column, peak() / 1e6);
    }

    private void questions(int column, int size, Items<Ride> rides, List<Rn<Ride>> some) throws IOException {
        flat(
                "read by RN",
                column,
                round ->
                        rides.fromRn(some.get(round % some.size())).get().data().number() >= 0 ? 1 : 0,
                1);
        flat(
                "10 rows by an index",
                column,
                round -> rides.query()
                        .where(eq("number", (long) round * 10 % size))
                        .get()
                        .size(),
                1);
        flat(
                "page 1",
                column,
                round -> rides.query().orderBy(asc("year")).page(PAGE).items().size(),
                PAGE);
        String far = cursor(rides, PAGE, 200 * PAGE);
        flat(
                "page 200",
                column,
                round -> rides.query()
                        .orderBy(asc("year"))
                        .page(PAGE, far)
                        .items()
                        .size(),
                PAGE);
        String last = cursor(rides, STRIDE, size - PAGE);
        flat(
                "last page",
                column,
                round -> rides.query()
                        .orderBy(asc("year"))
                        .page(PAGE, last)
                        .items()
                        .size(),
                PAGE);
        flat(
                "10 rows by a field of what a reference names",
                column,
                round -> rides.query()
                        .where(eq("driver.name", "Driver " + round))
                        .limit(10)
                        .get()
                        .size(),
                10);
        flat(
                "10 rows, their references resolved",
                column,
                round -> rides.query()
                        .where(eq("year", 1985))
                        .limit(10)
                        .resolvePaths("driver")
                        .get()
                        .size(),
                10);
    }

    /** Returns the cursor behind so many items. */
    private static String cursor(Items<Ride> rides, int stride, int items) {
        Query<Ride> ordered = rides.query().orderBy(asc("year"));
        Page<Ride> page = ordered.page(Math.min(stride, items));
        for (int read = Math.min(stride, items); read < items; ) {
            int next = Math.min(stride, items - read);
            page = ordered.page(next, page.next().orElseThrow());
            read += next;
        }
        return page.next().orElseThrow();
    }

    private static Pool pool(Path folder, KeyRing keys) {
        PoolBuilder pool = Korm.pool();
        for (String layer : List.of("main", "other")) {
            pool.layer(layer, Sqlite.file(folder.resolve(layer + ".sqlite")));
        }
        return pool.depot("files", LocalDepot.at(folder.resolve("files")))
                .keys(keys)
                .open();
    }

    private static KeyRing keys(String... ids) {
        Map<String, byte[]> keys = new LinkedHashMap<>();
        for (String id : ids) {
            byte[] key = World.KEY.clone();
            key[0] = (byte) id.hashCode();
            keys.put(id, key);
        }
        return KeyRing.of(ids[0], keys);
    }

    private static long fill(Pool pool, int size, List<Rn<Ride>> some) {
        List<Rn<Driver>> drivers = Korm.createAll(IntStream.range(0, DRIVERS)
                        .mapToObj(i -> Korm.item(Driver.class, pool).fromData(new Driver("Driver " + i, 1950 + i % 50)))
                        .toList())
                .stream()
                .map(Item::rn)
                .toList();
        for (int from = 0; from < size; from += TOGETHER) {
            List<FloatingItem<Ride>> items = new ArrayList<>(TOGETHER);
            for (int n = from; n < Math.min(size, from + TOGETHER); n++) {
                items.add(Korm.item(Ride.class, pool)
                        .fromData(new Ride(
                                n,
                                1982 + n % 10,
                                "Town " + n % 100,
                                new Engine(n % 2 == 0 ? "diesel" : "petrol", n % 200),
                                drivers.get(n % DRIVERS),
                                Encrypted.of("note " + n))));
            }
            some.add(Korm.createAll(items).get(0).rn());
        }
        for (int from = 0; from < size / FILE_EVERY; from += TOGETHER) {
            List<FloatingItem<Receipt>> items = new ArrayList<>(TOGETHER);
            for (int n = from; n < Math.min(size / FILE_EVERY, from + TOGETHER); n++) {
                items.add(Korm.item(Receipt.class, pool)
                        .fromData(new Receipt(
                                "Receipt " + n,
                                FileRef.of("files", "scans/" + n % 100 + "/" + n, new byte[] {(byte) n}))));
            }
            Korm.createAll(items);
        }
        return size;
    }

    private static long count(Query<Ride> query) {
        try (Stream<Item<Ride>> stream = query.timeout(LONGEST).stream()) {
            return stream.mapToLong(item -> item.data().year() > 0 ? 1 : 0).sum();
        }
    }

    /** Measures what should cost the same at every size: the median of {@link #ROUNDS} calls. */
    private void flat(String name, int column, Task task, long expected) throws IOException {
        double[] micros = new double[ROUNDS];
        for (int round = -ROUNDS; round < ROUNDS; round++) {
            long begin = System.nanoTime();
            long answer = task.run(round + ROUNDS);
            double took = (System.nanoTime() - begin) / 1e3;
            if (answer != expected) {
                throw new IllegalStateException(name + " answered " + answer + ", expected " + expected);
            }
            if (round >= 0) {
                micros[round] = took;
            }
        }
        Arrays.sort(micros);
        note(name, column, micros[ROUNDS / 2]);
    }

    /** Work that is done once. */
    @FunctionalInterface
    private interface Work {
        long run() throws IOException;
    }

    /** Measures what should grow with the items: microseconds for each. */
    private void each(String name, int column, int items, Work work) throws IOException {
        long begin = System.nanoTime();
        work.run();
        note(name, column, (System.nanoTime() - begin) / 1e3 / items);
    }

    /** Keeps a figure for the table, and prints it at once, since the largest sizes take hours. */
    private void note(String name, int column, double value) {
        table.computeIfAbsent(name, key -> new double[sizes.length])[column] = value;
        System.out.printf(Locale.ROOT, "%,d items, %s: %.1f%n", sizes[column], name, value);
    }

    private static void resetPeaks() {
        ManagementFactory.getMemoryPoolMXBeans().forEach(MemoryPoolMXBean::resetPeakUsage);
    }

    private static long peak() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .mapToLong(pool -> pool.getPeakUsage().getUsed())
                .sum();
    }

    private void print() {
        System.out.printf("%-48s", "microseconds");
        for (int size : sizes) {
            System.out.printf(Locale.ROOT, "%,18d", size);
        }
        System.out.println();
        table.forEach((name, values) -> {
            System.out.printf("%-48s", name);
            for (double value : values) {
                System.out.printf(Locale.ROOT, "%11.1f (%4.2f)", value, value / values[0]);
            }
            System.out.println();
        });
    }
}
