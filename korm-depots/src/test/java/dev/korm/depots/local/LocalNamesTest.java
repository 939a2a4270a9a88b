package dev.korm.depots.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Feature;
import com.google.common.jimfs.Jimfs;
import com.google.common.jimfs.PathNormalization;
import dev.korm.Rn;
import dev.korm.depot.FileNameException;
import dev.korm.depot.MissingFileException;
import dev.korm.depots.WatchedFiles;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.FileEntry;
import dev.korm.spi.depot.PutOptions;
import dev.korm.spi.depot.SkippedName;
import dev.korm.spi.environment.Environment;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class LocalNamesTest {
    @TempDir
    Path folder;

    private static Rn<?> file(String... parts) {
        return Rn.file("files", parts);
    }

    private static void put(Depot depot, Rn<?> file) {
        depot.put(file, new ByteArrayInputStream(new byte[] {1}), PutOptions.NONE);
    }

    private static void assertRefused(Depot depot, Rn<?> file, String reason) {
        assertThatExceptionOfType(FileNameException.class)
                .isThrownBy(() -> put(depot, file))
                .withMessageContaining(reason);
    }

    private Depot local() {
        return LocalDepot.at(folder).open("files", Environment.system());
    }

    @Test
    void files_lie_as_the_original_lays_them() throws IOException {
        try (Depot depot = local()) {
            depot.put(
                    file("invoices", "2024", "receipt.txt"),
                    new ByteArrayInputStream("paid".getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                    PutOptions.NONE.contentType("text/plain"));

            assertThat(folder.resolve("invoices/2024/receipt.txt")).hasContent("paid");
            try (Stream<Path> all = Files.walk(folder)) {
                assertThat(all.filter(Files::isRegularFile).filter(path -> !path.startsWith(folder.resolve(Depot.OWN))))
                        .hasSize(1);
            }
        }
    }

    @Test
    void symbolic_links_are_refused_wherever_they_stand() throws IOException {
        Path outside = Files.createDirectory(folder.resolve("outside"));
        Files.writeString(outside.resolve("secret"), "secret");
        Path root = Files.createDirectory(folder.resolve("root"));
        Files.createSymbolicLink(root.resolve("folder"), outside);
        Files.createSymbolicLink(root.resolve("file"), outside.resolve("secret"));
        Files.createSymbolicLink(root.resolve("dangling"), outside.resolve("new"));
        List<SkippedName> skipped = new ArrayList<>();
        try (Depot depot = LocalDepot.at(root).open("files", Environment.system())) {
            put(depot, file("real"));
            for (Rn<?> link : List.of(file("folder", "secret"), file("file"), file("dangling"))) {
                assertRefused(depot, link, "symbolic link");
                assertThatExceptionOfType(FileNameException.class).isThrownBy(() -> depot.get(link));
                assertThatExceptionOfType(FileNameException.class).isThrownBy(() -> depot.stat(link));
                assertThatExceptionOfType(FileNameException.class).isThrownBy(() -> depot.delete(link));
                assertThatExceptionOfType(FileNameException.class).isThrownBy(() -> depot.move(file("real"), link));
            }
            assertRefused(depot, file("folder", "new", "below"), "symbolic link");
            try (Stream<FileEntry> files = depot.list(Rn.prefix("files"), skipped::add)) {
                assertThat(files.map(FileEntry::rn)).containsExactly(file("real"));
            }
        }
        assertThat(skipped).extracting(SkippedName::name).containsExactlyInAnyOrder("folder", "file", "dangling");
        assertThat(outside).isDirectoryContaining(path -> path.endsWith("secret"));
        assertThat(outside.resolve("secret")).hasContent("secret");
        assertThat(outside.resolve("new")).doesNotExist();
    }

    /** Goes on until both have happened: a link in the way, and a file that was stored. */
    @Test
    @Timeout(300)
    void a_link_put_in_the_way_while_files_are_written_never_leads_out() throws Exception {
        Path outside = Files.createDirectory(folder.resolve("outside"));
        Path root = Files.createDirectory(folder.resolve("root"));
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger links = new AtomicInteger();
        Thread attacker = new Thread(() -> {
            while (!done.get()) {
                try {
                    Files.move(root.resolve("a"), root.resolve("b"));
                    Files.createSymbolicLink(root.resolve("a"), outside);
                    links.incrementAndGet();
                    Files.delete(root.resolve("a"));
                    Files.move(root.resolve("b"), root.resolve("a"));
                } catch (IOException lost) {
                    restore(root);
                }
            }
        });
        int stored = 0;
        try (Depot depot = LocalDepot.at(root).open("files", Environment.system())) {
            put(depot, file("a", "first"));
            attacker.start();
            for (int i = 0; i < 300 || stored == 0 || links.get() == 0; i++) {
                try {
                    put(depot, file("a", "file" + i));
                    stored++;
                } catch (dev.korm.depot.DepotException attacked) {
                    assertThat(attacked.getMessage()).contains("file" + i);
                }
            }
        } finally {
            done.set(true);
            attacker.join();
        }
        assertThat(outside).isEmptyDirectory();
    }

    private static void restore(Path root) {
        try {
            if (Files.isSymbolicLink(root.resolve("a"))) {
                Files.delete(root.resolve("a"));
            }
            if (Files.isDirectory(root.resolve("b")) && Files.notExists(root.resolve("a"))) {
                Files.move(root.resolve("b"), root.resolve("a"));
            }
        } catch (IOException again) {
            // The next round does it.
            return;
        }
    }

    @Test
    void what_no_rn_can_name_is_passed_over_and_told() throws IOException {
        Files.createDirectories(folder.resolve("docs/[odd]"));
        Files.createDirectories(folder.resolve("docs/*"));
        Files.writeString(folder.resolve("docs/good"), "");
        Files.writeString(folder.resolve("docs/a:b"), "");
        Files.writeString(folder.resolve("docs/a[b"), "");
        Files.writeString(folder.resolve("docs/a\\b"), "");
        Files.writeString(folder.resolve("docs/*/x"), "");
        Files.writeString(folder.resolve("docs/[odd]/x"), "");
        List<SkippedName> skipped = new ArrayList<>();
        try (Depot depot = local();
                Stream<FileEntry> files = depot.list(Rn.prefix("files", "docs"), skipped::add)) {
            assertThat(files.map(FileEntry::rn)).containsExactly(file("docs", "good"));
        }
        assertThat(skipped).extracting(SkippedName::name).containsExactlyInAnyOrder("a:b", "a[b", "a\\b", "*", "[odd]");
        assertThat(skipped).allSatisfy(name -> assertThat(name.reason()).isNotEmpty());
    }

    @Test
    void a_file_and_a_folder_of_one_name_lie_beside_each_other() throws IOException {
        try (Depot depot = local()) {
            put(depot, file("a", "b"));
            put(depot, file("a"));
            put(depot, file("c"));
            put(depot, file("c", "d"));

            assertThat(tree()).containsExactly("a/b", "a[file]", "c", "c[folder]/d");
            depot.delete(file("c"));
            put(depot, file("c", "e"));
            assertThat(tree()).containsExactly("a/b", "a[file]", "c[folder]/d", "c[folder]/e");
            put(depot, file("c"));
            depot.delete(file("a", "b"));
            depot.delete(file("a"));
            put(depot, file("a"));

            assertThat(tree()).containsExactly("a", "c", "c[folder]/d", "c[folder]/e");
        }
    }

    private List<String> tree() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .map(path -> folder.relativize(path).toString())
                    .filter(path -> !path.startsWith(Depot.OWN))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void a_mark_that_somebody_else_has_made_hides_nothing() throws IOException {
        Files.createDirectories(folder.resolve("a"));
        Files.createDirectories(folder.resolve("a[folder]"));
        Files.writeString(folder.resolve("a/x"), "plain");
        Files.writeString(folder.resolve("a[folder]/x"), "marked");
        Files.writeString(folder.resolve("b"), "plain");
        Files.writeString(folder.resolve("b[file]"), "marked");
        Files.writeString(folder.resolve("[file]"), "");
        List<SkippedName> skipped = new ArrayList<>();
        try (Depot depot = local();
                Stream<FileEntry> files = depot.list(Rn.prefix("files"), skipped::add)) {
            assertThat(files.map(FileEntry::rn)).containsExactlyInAnyOrder(file("a", "x"), file("b"));
            assertThat(skipped)
                    .extracting(SkippedName::name)
                    .containsExactlyInAnyOrder("a[folder]", "b[file]", "[file]");
            try (Stream<String> folders = depot.folders(Rn.prefix("files"))) {
                assertThat(folders).containsExactly("a");
            }
        }
    }

    @Test
    void a_name_whose_marked_form_is_too_long_is_refused_where_it_is_needed() {
        String longest = "x".repeat(250);
        try (Depot depot = local()) {
            put(depot, file(longest));

            assertRefused(depot, file(longest, "below"), "longer than 255 bytes");
            assertThatExceptionOfType(FileNameException.class)
                    .isThrownBy(() -> depot.requireStorable(file(longest, "below")));
            assertThat(depot.stat(file(longest, "below"))).isEmpty();
            assertThat(depot.stat(file(longest))).isPresent();
        }
    }

    @Test
    void a_folder_that_may_not_be_read_is_passed_over_and_told() {
        WatchedFiles files = new WatchedFiles(java.nio.file.FileSystems.getDefault());
        List<SkippedName> skipped = new ArrayList<>();
        try (Depot depot = LocalDepot.at(files.path(folder)).open("files", files.environment())) {
            put(depot, file("open", "x"));
            put(depot, file("shut", "deep", "y"));
            put(depot, file("z"));
            files.watch((step, path) -> {
                if (step == WatchedFiles.Step.LIST_FOLDER && path.endsWith("deep")) {
                    throw new java.nio.file.AccessDeniedException(path.toString());
                }
            });
            try (Stream<FileEntry> all = depot.list(Rn.prefix("files"), skipped::add)) {
                assertThat(all.map(FileEntry::rn)).containsExactlyInAnyOrder(file("open", "x"), file("z"));
            }
            files.watch((step, path) -> {});
        }
        assertThat(skipped).extracting(SkippedName::name).containsExactly("shut/deep");
    }

    @Test
    void a_name_too_long_for_the_file_system_is_refused() {
        try (Depot depot = local()) {
            assertRefused(depot, file("\u00e4".repeat(128)), "255 bytes");
        }
    }

    @Test
    void names_that_a_file_system_folds_are_not_taken_for_each_other() throws IOException {
        Configuration folding = Configuration.unix().toBuilder()
                .setSupportedFeatures(Feature.LINKS, Feature.SYMBOLIC_LINKS, Feature.FILE_CHANNEL)
                .setNameCanonicalNormalization(PathNormalization.NFC, PathNormalization.CASE_FOLD_ASCII)
                .build();
        try (FileSystem files = Jimfs.newFileSystem(folding);
                Depot depot = LocalDepot.at(files.getPath("/depot")).open("files", Environment.system())) {
            put(depot, file("Docs", "Caf\u00e9"));

            assertRefused(depot, file("Docs", "CAF\u00e9"), "spelling");
            assertRefused(depot, file("Docs", "Cafe\u0301"), "spelling");
            assertRefused(depot, file("docs", "other"), "spelling");
            assertRefused(depot, file("__KORM_depot__", "x"), "keeps for itself");
            assertThat(depot.stat(file("Docs", "caf\u00e9"))).isEmpty();
            assertThat(depot.delete(file("docs", "Caf\u00e9"))).isFalse();
            assertThatExceptionOfType(MissingFileException.class)
                    .isThrownBy(() -> depot.get(file("Docs", "caf\u00e9")));
            put(depot, file("Docs", "Caf\u00e9"));
            assertThat(depot.stat(file("Docs", "Caf\u00e9"))).isPresent();
        }
    }

    @Test
    void names_that_windows_cannot_hold_are_refused_there() throws IOException {
        try (FileSystem files = Jimfs.newFileSystem(Configuration.windows());
                Depot depot = LocalDepot.at(files.getPath("C:\\depot")).open("files", Environment.system())) {
            put(depot, file("console", "fine.txt"));
            for (String name : List.of("con", "NUL.txt", "Com1", "lpt9.log", "a.", "a ", "a?", "a<b", "a|b", "a\"b")) {
                assertRefused(depot, file("x", name), "");
            }
            assertRefused(depot, file("x", "aux.txt"), "device");
        }
    }

    @Test
    void leftovers_are_removed_when_they_are_old_and_not_before() throws IOException {
        local().close();
        Path temporary = folder.resolve(Depot.OWN).resolve("temporary");
        Path old = Files.writeString(temporary.resolve("old"), "left");
        Path young = Files.writeString(temporary.resolve("young"), "being written");
        Files.setLastModifiedTime(
                old,
                java.nio.file.attribute.FileTime.from(
                        Environment.system().clock().instant().minus(java.time.Duration.ofDays(2))));

        local().close();

        assertThat(old).doesNotExist();
        assertThat(young).exists();
    }

    @Test
    void a_file_that_lost_its_label_reads_as_it_is() throws IOException {
        try (Depot depot = local()) {
            Files.writeString(folder.resolve("foreign"), "by another program");

            assertThat(depot.stat(file("foreign")).orElseThrow().sha256()).isEmpty();
            try (var content = depot.get(file("foreign"))) {
                assertThat(content.stream())
                        .hasBinaryContent("by another program".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            }
        }
    }
}
