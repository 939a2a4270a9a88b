package dev.korm.wal.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.backup.BackupException;
import dev.korm.backup.BackupInfo;
import dev.korm.backup.BackupInfo.Kind;
import dev.korm.backup.BackupOptions;
import dev.korm.backup.RestoreOptions;
import dev.korm.backup.Verification.Depth;
import dev.korm.depots.s3.S3Depot;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.PutOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
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

    private static Rn<?> part(Pool pool, BackupInfo backup) {
        return Rn.file(
                "bucket", BackupFolder.ROOT, "pool-" + pool.id(), backup.id().name(), "part-00001.ndjson.gz");
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
            byte[] bytes = bytes(pool, part(pool, bad));
            bytes[bytes.length / 2] ^= 4;
            pool.depot("bucket").put(part(pool, bad), new ByteArrayInputStream(bytes), PutOptions.NONE);
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

    private static byte[] bytes(Pool pool, Rn<?> file) {
        try (FileContent content = pool.depot("bucket").get(file)) {
            return content.stream().readAllBytes();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
