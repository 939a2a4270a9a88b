package dev.korm.depots.sealed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.depots.local.LocalDepot;
import dev.korm.file.FileRef;
import dev.korm.file.FileVersion;
import dev.korm.jdbc.Sqlite;
import dev.korm.key.KeyRing;
import dev.korm.testkit.memory.MemoryJournal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files in a sealed depot whose bytes are kept with the history. */
class SealedFileHistoryTest {
    private static final KeyRing RING = KeyRing.of("test", Map.of("test", new byte[32]));
    private static final String FIRST = "the first secret of all";
    private static final String SECOND = "the second secret of all";

    @TempDir
    Path folder;

    @Test
    void what_is_kept_is_sealed_too_and_comes_back_clear() throws IOException {
        Path database = folder.resolve("data.sqlite");
        Set<String> checksums = new HashSet<>();
        try (Pool pool = Korm.pool()
                .layer("main", Sqlite.file(database.toString()))
                .depot("vault", SealedDepot.in(LocalDepot.at(folder.resolve("vault")), RING))
                .withWal(MemoryJournal.create().recordFiles())
                .withHistory()
                .open()) {
            FileRef deed = pool.files().create(FileRef.of("vault", "deed", bytes(FIRST)));
            pool.files().store(deed.edit(bytes(SECOND)));
            List<FileVersion> versions = pool.files().history(deed.rn()).toList();
            versions.forEach(version ->
                    checksums.add(version.content().orElseThrow().sha256().orElseThrow()));
            pool.history().undo(versions.get(0).transaction().orElseThrow());
            assertThat(pool.files().get(deed.rn()).text()).isEqualTo(FIRST);
        }
        assertThat(checksums).hasSize(2);
        List<Path> all;
        try (Stream<Path> files = Files.walk(folder)) {
            all = files.filter(Files::isRegularFile).toList();
        }
        assertThat(all).anyMatch(file -> file.toString().contains("__korm_history__"));
        for (Path file : all) {
            String stored = Files.readString(file, StandardCharsets.ISO_8859_1);
            assertThat(stored).as(file.toString()).doesNotContain(FIRST).doesNotContain(SECOND);
            checksums.forEach(sum ->
                    assertThat(stored + file).as("a checksum of clear bytes").doesNotContain(sum));
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
