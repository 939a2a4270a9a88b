package dev.korm.wal;

import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.backup.Schedule;
import dev.korm.backup.ScheduledBackup;
import dev.korm.depots.local.LocalDepot;
import dev.korm.event.PoolListener;
import dev.korm.jdbc.Postgres;
import dev.korm.jdbc.Sqlite;
import dev.korm.lock.LockOptions;
import dev.korm.testkit.fault.FaultyDepot;
import dev.korm.testkit.fault.VirtualEnvironment;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A program with a schedule whose time is told to it, a number of seconds on each line of its input: it answers when they have passed, and says what it does meanwhile. The locks are the store's, by its own clock. With "hold" it stands still in the middle of its first
 * backup until it is given another line. Its store is a file of the folder, or the PostgreSQL database that is named last.
 */
final class ScheduleProgram {
    private static final BufferedReader IN =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));

    private ScheduleProgram() {}

    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        VirtualEnvironment world = VirtualEnvironment.seeded(Long.parseLong(args[1]));
        FaultyDepot copies = FaultyDepot.around(LocalDepot.at(folder.resolve("copies")));
        try (Pool pool = Korm.pool()
                .environment(world)
                .layer("main", args.length > 3 ? Postgres.url(args[3]) : Sqlite.file(folder.resolve("main.sqlite")))
                .depot("copies", copies)
                .withMeta("main")
                .withLocks("main", LockOptions.defaults().withLease(Duration.ofSeconds(1)))
                .backups("copies", plan -> plan.every("*", Schedule.daily().at(2, 0)))
                .listener(listener())
                .open()) {
            if (args[2].equals("hold")) {
                copies.at(FaultyDepot.Call.PUT, 1, FaultyDepot.Moment.BEFORE, () -> {
                    say("holds");
                    line();
                });
            }
            say("open");
            for (String line = line(); line != null; line = line()) {
                world.advance(Duration.ofSeconds(Long.parseLong(line)));
                say("next " + pool.backups().status().get(0).nextRun());
            }
        }
    }

    private static PoolListener listener() {
        return new PoolListener() {
            @Override
            public void backupBegun(ScheduledBackup backup) {
                say("begun");
            }

            @Override
            public void backupEnded(ScheduledBackup backup, Duration took) {
                say("ended");
            }

            @Override
            public void backupFailed(ScheduledBackup backup, Throwable failure) {
                say("failed");
            }
        };
    }

    private static String line() {
        try {
            return IN.readLine();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void say(String what) {
        System.out.println(what);
        System.out.flush();
    }
}
