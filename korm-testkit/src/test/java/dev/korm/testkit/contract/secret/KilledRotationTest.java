package dev.korm.testkit.contract.secret;

import static dev.korm.Filter.eq;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Encrypted;
import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Searchable;
import dev.korm.Stored;
import dev.korm.key.KeyUse;
import dev.korm.testkit.RotatingProgram;
import dev.korm.testkit.Seed;
import dev.korm.testkit.postgres.PostgresServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that changes the key of everything is killed in the middle of it, more than once, while another one reads and writes;
 * the next takes it up and ends it.
 */
@NullUnmarked // Tests dereference what they expect to be there.
class KilledRotationTest {
    private static final int VALUES_OF_EACH = 2;
    private static final int USERS = 2;
    private static final int READS_FOR_A_WRITE = 20;

    @TempDir
    Path folder;

    private final AtomicInteger reads = new AtomicInteger();

    @Stored(namespace = "vault", kind = "box")
    record Box(
            int number,
            int writes,
            @Searchable(unique = true) Encrypted<String> code,
            Map<String, Encrypted<String>> content) {}

    private static Box box(int number) {
        return new Box(number, 0, Encrypted.of(code(number)), Map.of("thing", Encrypted.of(thing(number, 0))));
    }

    private static String code(int number) {
        return "code " + number;
    }

    private static String thing(int number, int writes) {
        return "thing " + number + " of " + writes;
    }

    @Test
    void a_file_of_sqlite_loses_nothing() throws Exception {
        rotate(2_000, 1, 1_000, folder.resolve("boxes.sqlite").toString(), "");
    }

    @Test
    void a_schema_of_postgresql_loses_nothing() throws Exception {
        rotate(2_000, 1, 1_000, PostgresServer.newSchema(), PostgresServer.url());
    }

    @Test
    @Tag("long")
    void a_large_file_of_sqlite_loses_nothing() throws Exception {
        rotate(100_000, 4, 0, folder.resolve("boxes.sqlite").toString(), "");
    }

    @Test
    @Tag("long")
    void a_large_schema_of_postgresql_loses_nothing() throws Exception {
        rotate(100_000, 4, 0, PostgresServer.newSchema(), PostgresServer.url());
    }

    private void rotate(int values, int kills, int itemsPerSecond, String layer, String url) throws Exception {
        Random random = Seed.random(getClass());
        int count = values / VALUES_OF_EACH;
        AtomicIntegerArray writes = new AtomicIntegerArray(count);
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(USERS);
        long[] began = fill(count, layer, url);
        try (Pool users = open(layer, url, "k2", "k1")) {
            List<Future<?>> work = new ArrayList<>();
            long seed = random.nextLong();
            for (int i = 0; i < USERS; i++) {
                int user = i;
                work.add(threads.submit(() -> use(users, new Random(seed - user), user, writes, done)));
            }
            for (int kill = 0; kill < kills; kill++) {
                long left = left(users);
                // Somewhere in the second quarter of what is left, so that a good part is left then.
                kill(left / 4 + random.nextLong(left / 4), itemsPerSecond, layer, url);
                assertThat(left(users)).as("left under the old key").isBetween(1L, left - left / 4);
            }
            long rest = end(layer, url);
            assertThat(rest).as("what the last process had to do").isBetween(1L, (long) count - 1);
            done.set(true);
            for (Future<?> each : work) {
                each.get();
            }
            assertThat(reads).hasPositiveValue();
            users.keys().requireUnused("k1");
            System.out.println("Rotated " + values + " values, killed " + kills + " times; the last process changed "
                    + rest + " of " + count + " items; " + reads + " reads and " + sum(writes)
                    + " writes meanwhile, none failed");
        } finally {
            done.set(true);
            threads.shutdownNow();
        }
        check(began, writes, layer, url);
    }

    private static long sum(AtomicIntegerArray numbers) {
        long sum = 0;
        for (int i = 0; i < numbers.length(); i++) {
            sum += numbers.get(i);
        }
        return sum;
    }

    private static Pool open(String layer, String url, String... keys) {
        return Korm.pool()
                .layer("main", RotatingProgram.layer(layer, url))
                .keys(SecretsWorld.keys(keys))
                .open();
    }

    private static Items<Box> boxes(Pool pool) {
        return Korm.item(Box.class, pool);
    }

    /** Makes boxes, and returns with which revision each began. */
    private static long[] fill(int count, String layer, String url) {
        long[] began = new long[count];
        try (Pool pool = open(layer, url, "k1")) {
            List<FloatingItem<Box>> some = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                some.add(boxes(pool).fromData(box(i)));
                if (some.size() == 1_000 || i == count - 1) {
                    for (Item<Box> made : Korm.createAll(some)) {
                        began[made.data().number()] = made.revision();
                    }
                    some.clear();
                }
            }
        }
        return began;
    }

    private static Item<Box> found(Pool pool, int number) {
        return boxes(pool)
                .query()
                .where(eq("code", code(number)))
                .first()
                .orElseThrow(() -> new AssertionError("Not found: " + number));
    }

    /**
     * Reads any items, and now and then changes one of its own, so that nothing but the rotation could be in its way. Those that
     * write all the time would keep a file of SQLite from everybody else.
     */
    private void use(Pool pool, Random random, int user, AtomicIntegerArray writes, AtomicBoolean done) {
        while (!done.get()) {
            for (int i = 0; i < READS_FOR_A_WRITE && !done.get(); i++) {
                int number = random.nextInt(writes.length());
                Box box = found(pool, number).data();
                assertThat(box.code().reveal()).isEqualTo(code(number));
                assertThat(box.content().get("thing").reveal()).isEqualTo(thing(number, box.writes()));
                reads.incrementAndGet();
            }
            int number = USERS * random.nextInt(writes.length() / USERS) + user;
            Item<Box> item = found(pool, number);
            int next = item.data().writes() + 1;
            item.set(Box::writes, next)
                    .set(Box::content, Map.of("thing", Encrypted.of(thing(number, next))))
                    .commit();
            writes.set(number, next);
        }
    }

    /** How many items are sealed with the old key. */
    private static long left(Pool pool) {
        return pool.keys().report().of("k1").stream()
                .filter(use -> use.kind() == KeyUse.Kind.FINGERPRINTS)
                .mapToLong(KeyUse::count)
                .sum();
    }

    /** Kills a rotation once it has changed so many items. */
    private void kill(long items, int itemsPerSecond, String layer, String url) throws Exception {
        Process process = start(itemsPerSecond, layer, url);
        try (BufferedReader lines = lines(process)) {
            String line = lines.readLine();
            while (line != null && !isAt(line, items)) {
                line = lines.readLine();
            }
            assertThat(line).as(errors()).isNotNull();
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(process.exitValue()).as("killed, not ended").isNotZero();
    }

    private static boolean isAt(String line, long items) {
        return line.startsWith(RotatingProgram.ITEMS)
                && Long.parseLong(line.substring(RotatingProgram.ITEMS.length())) >= items;
    }

    /** Lets a rotation come to its end; answers how many items it has changed. */
    private long end(String layer, String url) throws Exception {
        Process process = start(0, layer, url);
        Optional<String> end;
        try (BufferedReader lines = lines(process)) {
            end = lines.lines()
                    .filter(line -> line.startsWith(RotatingProgram.END))
                    .findFirst();
            assertThat(process.waitFor()).as(errors()).isZero();
        } finally {
            process.destroyForcibly();
        }
        return Long.parseLong(end.orElseThrow().substring(RotatingProgram.END.length()));
    }

    private Process start(int itemsPerSecond, String layer, String url) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        RotatingProgram.class.getName(),
                        "k2",
                        "k1",
                        Integer.toString(itemsPerSecond),
                        layer,
                        url)
                .redirectError(folder.resolve("errors.txt").toFile())
                .start();
    }

    private static BufferedReader lines(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    }

    private String errors() throws IOException {
        return Files.readString(folder.resolve("errors.txt"));
    }

    private static void check(long[] began, AtomicIntegerArray writes, String layer, String url) {
        int count = began.length;
        try (Pool pool = open(layer, url, "k2")) {
            assertThat(boxes(pool).query().count()).isEqualTo(count);
            boxes(pool).query().stream().forEach(item -> {
                Box box = item.data();
                int last = writes.get(box.number());
                assertThat(box.writes()).isEqualTo(last);
                assertThat(item.revision()).isEqualTo(began[box.number()] + last);
                assertThat(box.code().reveal()).isEqualTo(code(box.number()));
                assertThat(box.content().get("thing").reveal()).isEqualTo(thing(box.number(), last));
            });
            assertThat(found(pool, count / 2).data().number()).isEqualTo(count / 2);
        }
    }
}
