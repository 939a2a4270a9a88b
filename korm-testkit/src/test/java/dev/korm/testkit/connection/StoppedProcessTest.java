package dev.korm.testkit.connection;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.jdbc.Postgres;
import dev.korm.jdbc.Sqlite;
import dev.korm.lock.Lock;
import dev.korm.lock.LockLostException;
import dev.korm.lock.LockOptions;
import dev.korm.spi.LayerSource;
import dev.korm.spi.environment.Environment;
import dev.korm.testkit.fault.VirtualEnvironment;
import dev.korm.testkit.postgres.PostgresServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A program that has a lock, is stopped by a signal until its lease is over and somebody else has the lock, and goes on. One whose clock stood still meanwhile, as that of a virtual machine may, has only its
 * store to tell it.
 */
@DisabledOnOs(OS.WINDOWS)
@NullUnmarked // Tests dereference what they expect to be there.
class StoppedProcessTest {
    private static final LockOptions BRIEF = LockOptions.defaults().withLease(Duration.ofMillis(700));

    @TempDir
    Path folder;

    /** A thing that is counted. */
    @Stored(namespace = "things", kind = "counted")
    record Thing(String name, int count) {}

    @ParameterizedTest
    @CsvSource({"sqlite,running", "sqlite,standing", "postgres,running", "postgres,standing"})
    void what_a_stopped_holder_writes_late_is_not_stored(String store, String clock) throws Exception {
        String place = store.equals("sqlite") ? folder.resolve("things.sqlite").toString() : PostgresServer.newSchema();
        String url = store.equals("sqlite") ? "" : PostgresServer.url();
        try (Pool pool = pool(store, place, url, Environment.system())) {
            Rn<Thing> rn = Korm.item(Thing.class, pool)
                    .fromData(new Thing("one", 0))
                    .create()
                    .rn();
            Process holder = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx200m",
                            "-cp",
                            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                            Holder.class.getName(),
                            store,
                            place,
                            url,
                            clock,
                            rn.toString())
                    .redirectError(folder.resolve("errors.txt").toFile())
                    .start();
            try (BufferedReader answers = new BufferedReader(new InputStreamReader(holder.getInputStream(), UTF_8))) {
                assertThat(answers.readLine()).as(this::errors).isEqualTo("held");
                signal("STOP", holder);
                try (Lock lock = pool.locks().acquire(rn)) {
                    Korm.item(Thing.class, pool)
                            .fromRn(rn)
                            .get()
                            .set(Thing::name, "other")
                            .commit();
                    assertThat(lock.isHeld()).isTrue();
                    holder.getOutputStream().write('\n');
                    holder.getOutputStream().flush();
                    signal("CONT", holder);
                    assertThat(answers.readLine()).as(this::errors).isEqualTo("lost");
                }
                assertThat(answers.readLine()).as(this::errors).isEqualTo("again 1");
                assertThat(holder.waitFor(60, TimeUnit.SECONDS)).isTrue();
            } finally {
                holder.destroyForcibly();
            }
            Thing now = Korm.item(Thing.class, pool).fromRn(rn).get().data();
            assertThat(now).isEqualTo(new Thing("other", 1));
        }
    }

    private static void signal(String name, Process process) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    private String errors() {
        try {
            return Files.readString(folder.resolve("errors.txt"));
        } catch (IOException unread) {
            return unread.toString();
        }
    }

    private static Pool pool(String store, String place, String url, Environment environment) {
        LayerSource source = store.equals("sqlite")
                ? Sqlite.file(Path.of(place))
                : Postgres.url(url).schema(place).poolSize(4);
        return Korm.pool()
                .layer("main", source)
                .withLocks("main", BRIEF)
                .environment(environment)
                .open();
    }

    /** The program that is stopped. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] args) throws Exception {
            Environment environment = args[3].equals("running")
                    ? Environment.system()
                    : VirtualEnvironment.seeded(1).withThreads();
            try (Pool pool = pool(args[0], args[1], args[2], environment)) {
                Rn<Thing> rn = Rn.parse(args[4]);
                Item<Thing> item;
                try (Lock lock = pool.locks().acquire(rn)) {
                    item = Korm.item(Thing.class, pool).fromRn(rn).get();
                    System.out.println("held");
                    System.in.read();
                    try {
                        // By whatever it has read: only the lock keeps it from this.
                        Korm.item(Thing.class, pool)
                                .fromRn(rn)
                                .get()
                                .set(Thing::count, 7)
                                .commit();
                        System.out.println("written");
                    } catch (LockLostException lost) {
                        System.out.println("lost");
                    }
                }
                // A clock that stands still otherwise passes with each pause between two questions, as fast as they are
                // asked.
                try (Lock again = pool.locks().acquire(rn, Duration.ofDays(30))) {
                    System.out.println("again "
                            + item.reload().set(Thing::count, 1).commit().data().count());
                }
            }
        }
    }
}
