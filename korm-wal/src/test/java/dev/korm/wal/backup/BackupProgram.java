package dev.korm.wal.backup;

import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.backup.BackupId;
import dev.korm.backup.BackupInfo;
import dev.korm.backup.BackupOptions;
import dev.korm.backup.RestoreOptions;
import dev.korm.depots.local.LocalDepot;
import dev.korm.file.Progress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/** A program that makes, prunes or restores backups until it is killed, and says on its output how far it is: a line for each step. */
final class BackupProgram {
    private BackupProgram() {}

    static PoolBuilder pool(Path folder) {
        return new BackupWorld(folder)
                .builder("killed")
                .keys(BackupWorld.ring("k1", 7))
                .depot("safe", LocalDepot.at(folder.resolve("safe")));
    }

    public static void main(String[] args) {
        Path folder = Path.of(args[0]);
        Progress steps = (done, total) -> say("at " + done);
        try (Pool pool = pool(folder).open()) {
            say("open");
            for (int round = 0; ; round++) {
                switch (args[1]) {
                    case "backup" -> {
                        BackupOptions options = BackupOptions.defaults().progress(steps);
                        BackupInfo made = pool.backups().run("safe", round % 2 == 0 ? options : options.incremental());
                        say("made " + made.id().name());
                        BackupWorld.fill(pool, 10_000 + round * 10, 10_010 + round * 10);
                    }
                    case "prune" -> {
                        say("made "
                                + pool.backups()
                                        .run("safe", BackupOptions.defaults().incremental())
                                        .id()
                                        .name());
                        pool.backups().prune("safe", all -> newest(all));
                        say("pruned");
                    }
                    default ->
                        pool.backups()
                                .restore(
                                        new BackupId("safe", args[2 + round % 2]),
                                        RestoreOptions.replace().progress(steps));
                }
            }
        }
    }

    private static Set<Instant> newest(Set<Instant> all) {
        say("pruning");
        return Set.of(Collections.max(new TreeSet<>(all)));
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
