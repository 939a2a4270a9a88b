package dev.korm.depots.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.korm.Rn;
import dev.korm.StoreException.Outcome;
import dev.korm.depot.DepotException;
import dev.korm.depots.WatchedFiles;
import dev.korm.depots.WatchedFiles.Step;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.PutCondition;
import dev.korm.spi.depot.PutOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a folder's file system is asked to make durable, in which order, and what becomes of a failure. */
class LocalDurabilityTest {
    private static final PutOptions PLAIN = PutOptions.NONE;
    private static final PutOptions ABSENT = PutOptions.NONE.when(PutCondition.ABSENT);

    @TempDir
    Path folder;

    private final WatchedFiles files = new WatchedFiles(FileSystems.getDefault());
    private final List<String> steps = new ArrayList<>();
    private Path root;

    @BeforeEach
    void begin() {
        root = folder.resolve("depot");
    }

    private Depot open() {
        return depot().open("files", files.environment());
    }

    private LocalDepot depot() {
        return LocalDepot.at(files.path(root));
    }

    private static Rn<?> file(String... parts) {
        return Rn.file("files", parts);
    }

    private static void put(Depot depot, Rn<?> file, PutOptions options) {
        depot.put(file, new ByteArrayInputStream(new byte[] {1, 2, 3}), options);
    }

    /** Notes steps by what they are about, below the depot's folder. */
    private void watch() {
        steps.clear();
        files.watch((step, path) -> {
            if (step != Step.LIST_FOLDER) {
                steps.add(step + " " + name(path));
            }
        });
    }

    private String name(Path path) {
        String name = root.relativize(path).toString();
        return name.startsWith(Depot.OWN + "/temporary/") ? "temporary" : name.isEmpty() ? "." : name;
    }

    @Test
    void a_file_is_synced_then_renamed_then_its_folder_synced() {
        try (Depot depot = open()) {
            put(depot, file("docs", "a"), PLAIN);
            for (PutOptions options : List.of(PLAIN, ABSENT)) {
                String name = "b " + (options == PLAIN ? Step.RENAME : Step.LINK);
                watch();
                put(depot, file("docs", name), options);

                assertThat(steps).doesNotContain("MAKE_FOLDER docs");
                assertThat(steps.stream().filter(step -> !step.startsWith("OPEN") && !step.startsWith("DELETE")))
                        .containsExactly(
                                "SYNC_FILE temporary",
                                (options == PLAIN ? Step.RENAME : Step.LINK) + " docs/" + name,
                                "SYNC_FOLDER docs");
            }
        }
    }

    @Test
    void a_folder_is_synced_into_the_one_above_before_a_file_comes_to_it() {
        try (Depot depot = open()) {
            watch();
            put(depot, file("a", "b", "x"), PLAIN);

            assertThat(steps)
                    .containsSubsequence(
                            "MAKE_FOLDER a",
                            "SYNC_FOLDER .",
                            "MAKE_FOLDER a/b",
                            "SYNC_FOLDER a",
                            "RENAME a/b/x",
                            "SYNC_FOLDER a/b");
        }
    }

    @Test
    void whoever_loses_the_race_to_make_a_folder_syncs_it_too() {
        try (Depot depot = open()) {
            files.watch((step, path) -> {
                steps.add(step + " " + name(path));
                if (step == Step.MAKE_FOLDER) {
                    Files.createDirectory(path);
                }
            });
            put(depot, file("a", "x"), PLAIN);

            assertThat(steps).containsSubsequence("MAKE_FOLDER a", "SYNC_FOLDER .", "RENAME a/x", "SYNC_FOLDER a");
        }
    }

    @Test
    void a_folder_that_another_program_made_is_synced_when_it_is_met_first() throws IOException {
        try (Depot depot = open()) {
            Files.createDirectories(root.resolve("a/b"));
            watch();
            put(depot, file("a", "b", "x"), PLAIN);
            assertThat(steps).containsSubsequence("SYNC_FOLDER .", "SYNC_FOLDER a", "RENAME a/b/x", "SYNC_FOLDER a/b");

            watch();
            put(depot, file("a", "b", "y"), PLAIN);
            assertThat(steps).doesNotContain("SYNC_FOLDER .", "SYNC_FOLDER a");
        }
    }

    @Test
    void the_depots_own_folder_is_synced_with_those_above_it() {
        root = folder.resolve("new/deep/depot");
        files.watch((step, path) -> steps.add(step + " " + folder.relativize(path)));

        open().close();

        assertThat(steps)
                .contains("SYNC_FOLDER ", "SYNC_FOLDER new", "SYNC_FOLDER new/deep", "SYNC_FOLDER new/deep/depot");
    }

    /** Errors of a file system that does sync folders; only one that says that it does not, does not. */
    private static List<FileSystemException> failures() {
        return List.of(
                new FileSystemException("folder", null, "Too many open files"), new AccessDeniedException("folder"));
    }

    private static Stream<Arguments> failingSteps() {
        return Stream.of(Step.OPEN_FOLDER, Step.SYNC_FOLDER)
                .flatMap(step -> failures().stream().map(failure -> Arguments.of(step, failure)));
    }

    @ParameterizedTest
    @MethodSource("failingSteps")
    void a_folder_that_cannot_be_opened_or_synced_fails_the_change_and_never_counts_as_synced(
            Step failing, FileSystemException failure) {
        try (Depot depot = open()) {
            put(depot, file("docs", "a"), PLAIN);
            files.watch((now, path) -> {
                if (now == failing && path.equals(root.resolve("docs"))) {
                    throw failure;
                }
            });

            for (Runnable change : List.<Runnable>of(
                    () -> put(depot, file("docs", "a"), PLAIN),
                    () -> depot.move(file("docs", "a"), file("docs", "b")),
                    () -> depot.delete(file("docs", "b")))) {
                assertThatExceptionOfType(DepotException.class)
                        .isThrownBy(change::run)
                        .satisfies(failed -> assertThat(failed.outcome()).isEqualTo(Outcome.UNKNOWN));
            }
            files.watch((now, path) -> {});
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_depot_whose_folder_cannot_be_synced_is_not_opened(boolean isDenied) {
        files.watch((step, path) -> {
            if (step == Step.SYNC_FOLDER) {
                throw isDenied ? new AccessDeniedException(path.toString()) : new IOException("Input/output error");
            }
        });

        assertThatExceptionOfType(DepotException.class).isThrownBy(this::open).withMessageContaining(root.toString());
    }

    @Test
    void a_label_of_its_own_is_synced_before_its_file_comes_and_the_old_one_stays_until_then() throws IOException {
        LocalDepot source = depot().withoutAttributes();
        try (Depot depot = source.open("files", files.environment())) {
            depot.put(
                    file("docs", "a"),
                    new ByteArrayInputStream(new byte[] {1}),
                    PLAIN.contentType("text/plain").attribute("item", "1"));
            watch();
            put(depot, file("docs", "a"), PLAIN.contentType("image/png"));
            String label = steps.stream()
                    .filter(step -> step.startsWith("RENAME " + Depot.OWN + "/labels/"))
                    .findFirst()
                    .orElseThrow();
            assertThat(steps)
                    .containsSubsequence(
                            "SYNC_FILE temporary",
                            "SYNC_FILE temporary",
                            label,
                            "SYNC_FOLDER " + Depot.OWN + "/labels",
                            "RENAME docs/a",
                            "SYNC_FOLDER docs");

            for (Rn<?> from : List.of(file("docs", "a"), file("docs", "b"))) {
                depot.put(
                        from,
                        new ByteArrayInputStream(new byte[] {1}),
                        PLAIN.contentType("text/plain").attribute("item", "1"));
            }
            for (Runnable change : List.<Runnable>of(
                    () -> put(depot, file("docs", "a"), PLAIN.contentType("image/png")),
                    () -> depot.move(file("docs", "b"), file("docs", "a")))) {
                files.watch((step, path) -> {
                    if (step == Step.RENAME && path.equals(root.resolve("docs/a"))) {
                        throw new IOException("The test ends the program here");
                    }
                });
                assertThatExceptionOfType(DepotException.class).isThrownBy(change::run);
                files.watch((step, path) -> {});
                for (Rn<?> there : List.of(file("docs", "a"), file("docs", "b"))) {
                    assertThat(depot.stat(there).orElseThrow().contentType()).contains("text/plain");
                    assertThat(depot.stat(there).orElseThrow().attributes()).containsEntry("item", "1");
                    assertThat(depot.stat(there).orElseThrow().sha256()).isPresent();
                }
            }
        }
    }

    @Test
    void nothing_is_left_behind_whatever_ends_the_storing() throws IOException {
        try (Depot depot = open()) {
            put(depot, file("docs", "a"), PLAIN);
            Set<Throwable> thrown =
                    Set.of(new StackOverflowError("The test says so"), new IllegalStateException("The test says so"));
            for (Throwable one : thrown) {
                ByteArrayInputStream content = new ByteArrayInputStream(new byte[20_000_000]) {
                    @Override
                    public synchronized int read(byte[] buffer, int offset, int length) {
                        if (pos > 18_000_000) {
                            if (one instanceof Error error) {
                                throw error;
                            }
                            throw (RuntimeException) one;
                        }
                        return super.read(buffer, offset, length);
                    }
                };
                assertThat(org.assertj.core.api.Assertions.catchThrowable(
                                () -> depot.put(file("docs", "a"), content, PLAIN)))
                        .isSameAs(one);
            }

            Set<String> all = new TreeSet<>();
            try (var paths = Files.walk(root)) {
                paths.filter(Files::isRegularFile)
                        .forEach(path -> all.add(root.relativize(path).toString()));
            }
            assertThat(all).containsExactly(Depot.OWN + "/locks", "docs/a");
            assertThat(depot.stat(file("docs", "a")).orElseThrow().size()).isEqualTo(3);
        }
    }
}
