package dev.korm.wal.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.backup.BackupInfo;
import dev.korm.backup.RestoreOptions;
import dev.korm.backup.Verification.Depth;
import dev.korm.jdbc.MySql;
import dev.korm.jdbc.Postgres;
import dev.korm.testkit.MariaDbServer;
import dev.korm.wal.Wal;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup made of one kind of store is restored into others, and back. */
class OtherStoresTest {
    @TempDir
    private Path folder;

    @Test
    void what_was_in_sqlite_is_restored_into_servers_and_back_again() throws Exception {
        BackupWorld world = new BackupWorld(folder);
        Map<String, String> before;
        BackupInfo first;
        try (Pool pool = world.open("one")) {
            BackupWorld.fill(pool, 0, 300);
            before = BackupWorld.content(pool);
            first = pool.backups().run("files");
        }
        BackupInfo second;
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().start();
                MariaDbServer maria = MariaDbServer.start(folder.resolve("maria"));
                Pool pool = Korm.pool()
                        .layer(
                                "cars",
                                Postgres.url(
                                        "postgres://postgres:postgres@localhost:" + postgres.getPort() + "/postgres"))
                        .layer("people", MySql.url(maria.create("restored")))
                        .home("garage", "cars")
                        .home("people", "people")
                        .depot("files", world.depot)
                        .keys(BackupWorld.ring("k1", 7))
                        .withWal(Wal.at(folder.resolve("servers-journal")))
                        .open()) {
            pool.backups().restore(first.id(), RestoreOptions.replace());
            assertThat(BackupWorld.content(pool)).isEqualTo(before);
            BackupWorld.fill(pool, 300, 310);
            before = BackupWorld.content(pool);
            second = pool.backups().run("files");
            assertThat(pool.backups().verify(second.id(), Depth.FULL).verified())
                    .isPresent();
        }
        try (Pool pool = world.open("two")) {
            pool.backups().restore(second.id(), RestoreOptions.replace());
            assertThat(BackupWorld.content(pool)).isEqualTo(before);
        }
    }
}
