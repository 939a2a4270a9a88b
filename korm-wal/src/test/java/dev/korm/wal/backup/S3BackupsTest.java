package dev.korm.wal.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.backup.BackupException;
import dev.korm.backup.BackupException.Reason;
import dev.korm.backup.BackupInfo;
import dev.korm.backup.BackupInfo.Kind;
import dev.korm.backup.BackupOptions;
import dev.korm.backup.RestoreOptions;
import dev.korm.backup.Verification.Depth;
import dev.korm.depots.s3.S3Depot;
import dev.korm.jdbc.Sqlite;
import dev.korm.key.KeyRing;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.PutOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.gaul.s3proxy.junit.S3ProxyExtension;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups in a bucket of S3: all that can be done with one. */
@NullUnmarked // Tests dereference what they expect to be there.
class S3BackupsTest {
    private static final String SECRET = "test-secret-key-" + UUID.randomUUID();
    private static final S3ProxyExtension SERVER = S3ProxyExtension.builder()
            .withCredentials("test-access-key", SECRET)
            .build();
    private static final BackupOptions INCREMENT = BackupOptions.defaults().incremental();

    @TempDir
    private Path folder;

    private S3Depot bucket;

    @BeforeAll
    static void start() throws Exception {
        SERVER.beforeEach(null);
    }

    @AfterAll
    static void end() {
        SERVER.afterEach(null);
    }

    @BeforeEach
    void bucket() {
        bucket = S3Depot.bucket("korm-test")
                .endpoint(SERVER.getUri().toString())
                .credentials("test-access-key", SECRET)
                .prefix("test-" + UUID.randomUUID());
    }

    private Pool open() {
        return new BackupWorld(folder).builder("one").depot("bucket", bucket).open();
    }

    @Test
    void a_chain_is_made_listed_verified_thinned_out_and_restored_by_another_program() {
        Map<String, String> before;
        BackupInfo last;
        try (Pool pool = open()) {
            BackupWorld.fill(pool, 0, 50);
            BackupInfo full = pool.backups().run("bucket", INCREMENT);
            BackupWorld.fill(pool, 50, 60);
            BackupInfo second = pool.backups().run("bucket", INCREMENT);
            BackupWorld.fill(pool, 60, 70);
            last = pool.backups().run("bucket", INCREMENT);
            before = BackupWorld.content(pool);
            assertThat(pool.backups().list("bucket"))
                    .extracting(BackupInfo::kind)
                    .containsExactly(Kind.INCREMENT, Kind.INCREMENT, Kind.FULL);
            assertThat(pool.backups()
                            .verify(last.id(), Depth.FULL)
                            .verified()
                            .get()
                            .depth())
                    .isEqualTo(Depth.FULL);
            BackupInfo alone = pool.backups().run("bucket");
            Instant kept = last.cut();
            assertThat(pool.backups().prune("bucket", all -> Set.of(kept)))
                    .as("all are needed, or verified last")
                    .isEmpty();
            pool.backups().prune("bucket", all -> Set.of());
            assertThat(pool.backups().list("bucket")).extracting(BackupInfo::id).containsExactly(alone.id());
            assertThat(second.base()).contains(full.id());
            last = alone;
            BackupWorld.fill(pool, 70, 80);
        }
        try (Pool other = open()) {
            other.backups().restore(last.id(), RestoreOptions.replace());
            assertThat(BackupWorld.content(other)).isEqualTo(before);
        }
    }

    @Test
    void damage_is_found_before_anything_is_changed_and_the_damaged_does_not_count() {
        try (Pool pool = open()) {
            BackupWorld.fill(pool, 0, 20);
            BackupInfo good = pool.backups().run("bucket");
            BackupInfo bad = pool.backups().run("bucket");
            byte[] bytes = bytes(pool, file(pool, bad, "part-00001.ndjson.gz"));
            bytes[bytes.length / 2] ^= 4;
            pool.depot("bucket")
                    .put(file(pool, bad, "part-00001.ndjson.gz"), new ByteArrayInputStream(bytes), PutOptions.NONE);
            BackupWorld.fill(pool, 20, 25);
            Map<String, String> before = BackupWorld.state(pool);
            assertThatThrownBy(() -> pool.backups().restore(bad.id(), RestoreOptions.replace()))
                    .isInstanceOf(BackupException.class);
            assertThat(BackupWorld.state(pool)).isEqualTo(before);
            pool.backups().prune("bucket", all -> Set.of());
            assertThat(pool.backups().list("bucket"))
                    .extracting(BackupInfo::id)
                    .contains(good.id())
                    .doesNotContain(bad.id());
        }
    }

    private Pool open(String name, KeyRing keys) {
        return new BackupWorld(folder)
                .builder(name)
                .depot("bucket", bucket)
                .keys(keys)
                .open();
    }

    private static Rn<?> file(Pool pool, BackupInfo backup, String name) {
        return Rn.file(
                "bucket", BackupFolder.ROOT, "pool-" + pool.id(), backup.id().name(), name);
    }

    private static void store(Pool pool, Rn<?> file, byte[] bytes) {
        pool.depot("bucket").put(file, new ByteArrayInputStream(bytes), PutOptions.NONE);
    }

    private static void refused(Pool pool, BackupInfo backup, Reason reason) {
        assertThatThrownBy(() -> pool.backups().restore(backup.id(), RestoreOptions.replace()))
                .isInstanceOfSatisfying(BackupException.class, refused -> assertThat(refused.reason())
                        .isEqualTo(reason));
    }

    @Test
    void what_is_cut_short_altered_newer_foreign_or_sealed_with_another_key_is_refused_and_changes_nothing() {
        BackupInfo plain;
        BackupInfo sealed;
        int more = 5;
        Map<String, byte[]> good = new LinkedHashMap<>();
        try (Pool pool = open("one", BackupWorld.ring("k1", 1))) {
            BackupWorld.fill(pool, 0, 200);
            BackupInfo whole = pool.backups().run("bucket");
            plain = whole;
            sealed = pool.backups().run("bucket", BackupOptions.defaults().sealed());
            good.put("part-00001.ndjson.gz", bytes(pool, file(pool, plain, "part-00001.ndjson.gz")));
            good.put("manifest.json", bytes(pool, file(pool, plain, "manifest.json")));
            BackupWorld.fill(pool, 200, 200 + more);
            Map<String, String> before = BackupWorld.state(pool);
            good.forEach((name, bytes) -> {
                byte[] altered = bytes.clone();
                altered[bytes.length / 3] ^= 16;
                for (byte[] bad : List.of(Arrays.copyOf(bytes, bytes.length - 1), Arrays.copyOf(bytes, 40), altered)) {
                    store(pool, file(pool, whole, name), bad);
                    refused(pool, whole, Reason.DAMAGED);
                }
                pool.depot("bucket").delete(file(pool, whole, name));
                refused(pool, whole, name.equals("manifest.json") ? Reason.MISSING : Reason.DAMAGED);
                store(pool, file(pool, whole, name), bytes);
            });
            store(pool, file(pool, plain, "manifest.json"), BackupWorld.later(good.get("manifest.json")));
            refused(pool, plain, Reason.NEWER);
            store(pool, file(pool, plain, "manifest.json"), good.get("manifest.json"));
            store(pool, file(pool, sealed, "part-00001.sealed"), good.get("part-00001.ndjson.gz"));
            refused(pool, sealed, Reason.DAMAGED);
            assertThat(BackupWorld.state(pool)).isEqualTo(before);
            sealed = pool.backups().run("bucket", BackupOptions.defaults().sealed());
        }
        for (KeyRing other : List.of(BackupWorld.ring("k1", 2), BackupWorld.ring("k2", 1))) {
            try (Pool pool = open("one", other)) {
                Map<String, String> before = BackupWorld.state(pool);
                refused(pool, sealed, Reason.WRONG_KEY);
                assertThat(BackupWorld.state(pool)).isEqualTo(before);
            }
        }
        try (Pool other = Korm.pool()
                .layer("all", Sqlite.file(folder.resolve("all.sqlite")))
                .depot("bucket", bucket)
                .open()) {
            refused(other, plain, Reason.FOREIGN);
        }
        try (Pool pool = open("one", BackupWorld.ring("k1", 1))) {
            assertThat(pool.backups()
                            .restore(plain.id(), RestoreOptions.replace())
                            .deleted())
                    .as("what was put back is good again")
                    .isEqualTo(2 * more);
        }
    }

    private static byte[] bytes(Pool pool, Rn<?> file) {
        try (FileContent content = pool.depot("bucket").get(file)) {
            return content.stream().readAllBytes();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
