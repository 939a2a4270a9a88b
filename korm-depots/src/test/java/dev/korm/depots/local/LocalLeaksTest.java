package dev.korm.depots.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Feature;
import com.google.common.jimfs.Jimfs;
import com.google.common.jimfs.PathNormalization;
import dev.korm.ClosedException;
import dev.korm.Rn;
import dev.korm.depot.DepotException;
import dev.korm.depot.FileNameException;
import dev.korm.depot.MissingFileException;
import dev.korm.depots.WatchedFiles;
import dev.korm.depots.WatchedFiles.Step;
import dev.korm.spi.depot.ByteRange;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.PutCondition;
import dev.korm.spi.depot.PutOptions;
import dev.korm.spi.environment.Environment;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A depot holds nothing open but what somebody reads, whatever went wrong. */
class LocalLeaksTest {
    @TempDir
    Path folder;

    private final WatchedFiles files = new WatchedFiles(FileSystems.getDefault());
    private Depot depot;
    private int atRest;

    @BeforeEach
    void open() {
        depot = LocalDepot.at(files.path(folder)).open("files", files.environment());
        atRest = files.open();
    }

    @AfterEach
    void close() {
        files.watch((step, path) -> {});
        assertThat(files.open()).isEqualTo(atRest);
        depot.close();
        assertThat(files.open()).isZero();
    }

    private static Rn<?> file(String... parts) {
        return Rn.file("files", parts);
    }

    private void put(Rn<?> file) {
        depot.put(file, new ByteArrayInputStream(new byte[] {1, 2, 3}), PutOptions.NONE);
    }

    @Test
    void a_file_that_is_deleted_while_it_is_opened_stays_open_for_nobody() {
        for (Runnable get : List.<Runnable>of(
                () -> depot.get(file("a", "x")), () -> depot.get(file("a", "x"), new ByteRange(1, 1)))) {
            put(file("a", "x"));
            files.watch((step, path) -> {
                if (step == Step.OPENED_FILE) {
                    Files.delete(path);
                }
            });

            assertThatExceptionOfType(MissingFileException.class).isThrownBy(get::run);

            files.watch((step, path) -> {});
            assertThat(files.open()).isEqualTo(atRest);
        }
    }

    @Test
    void a_file_that_is_replaced_while_it_is_opened_is_read_as_one_of_both() throws IOException {
        put(file("a", "x"));
        AtomicInteger times = new AtomicInteger(3);
        files.watch((step, path) -> {
            if (step == Step.OPENED_FILE && times.getAndDecrement() > 0) {
                Files.write(folder.resolve("new"), new byte[times.get() + 5]);
                Files.move(folder.resolve("new"), path, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            }
        });

        try (FileContent content = depot.get(file("a", "x"))) {
            assertThat(content.stat().size()).isEqualTo(5);
            assertThat(content.stream().readAllBytes()).hasSize(5);
        }
    }

    @Test
    void a_file_that_is_replaced_each_time_is_not_looked_at_for_ever() throws IOException {
        put(file("a", "x"));
        AtomicInteger times = new AtomicInteger();
        files.watch((step, path) -> {
            if (step == Step.OPENED_FILE) {
                Files.write(folder.resolve("new"), new byte[times.getAndIncrement() % 1000]);
                Files.move(folder.resolve("new"), path, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            }
        });

        assertThatExceptionOfType(DepotException.class)
                .isThrownBy(() -> depot.get(file("a", "x")))
                .satisfies(failed -> assertThat(failed.isRetryable()).isTrue());
    }

    @Test
    void names_that_are_refused_leave_no_folder_open() throws IOException {
        put(file("a", "x"));
        Files.createSymbolicLink(folder.resolve("a/link"), folder.resolve("a/x"));
        Files.createSymbolicLink(folder.resolve("turned"), folder.resolve("a"));
        for (Rn<?> refused : List.of(file("a", "link"), file("a", "link", "y"), file("turned", "x"))) {
            for (Runnable call : List.<Runnable>of(
                    () -> put(refused),
                    () -> depot.requireStorable(refused),
                    () -> depot.move(file("a", "x"), refused),
                    () -> depot.moveIfNewer(file("a", "x"), refused, PutCondition.Newer.of("a", "b")))) {
                assertThatExceptionOfType(FileNameException.class).isThrownBy(call::run);
                assertThat(files.open()).isEqualTo(atRest);
            }
        }
    }

    @Test
    void names_that_a_file_system_folds_leave_no_folder_open() throws IOException {
        Configuration folding = Configuration.unix().toBuilder()
                .setSupportedFeatures(Feature.LINKS, Feature.SYMBOLIC_LINKS, Feature.FILE_CHANNEL)
                .setNameCanonicalNormalization(PathNormalization.CASE_FOLD_ASCII)
                .build();
        try (FileSystem below = Jimfs.newFileSystem(folding)) {
            WatchedFiles folded = new WatchedFiles(below);
            try (Depot other =
                    LocalDepot.at(folded.path(below.getPath("/depot"))).open("files", folded.environment())) {
                int before = folded.open();
                other.put(file("Docs", "x"), new ByteArrayInputStream(new byte[3]), PutOptions.NONE);
                for (Rn<?> refused : List.of(file("docs", "y"), file("Docs", "X"), file("docs", "x", "z"))) {
                    assertThatExceptionOfType(FileNameException.class)
                            .isThrownBy(
                                    () -> other.put(refused, new ByteArrayInputStream(new byte[3]), PutOptions.NONE));
                    assertThat(other.stat(refused)).isEmpty();
                    assertThat(folded.open()).isEqualTo(before);
                }
            }
        }
    }

    /** The process's own descriptors are counted, since a JDK may lose one that it never handed out. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void a_name_below_a_file_costs_no_descriptor() {
        try (Depot real = LocalDepot.at(folder).open("real", Environment.system())) {
            real.put(Rn.file("real", "a"), new ByteArrayInputStream(new byte[3]), PutOptions.NONE);
            assertThat(real.stat(Rn.file("real", "a", "b"))).isEmpty();
            int before = descriptors();
            for (int i = 0; i < 100; i++) {
                assertThat(real.stat(Rn.file("real", "a", "b"))).isEmpty();
            }
            // Others in this process open and close some meanwhile.
            assertThat(descriptors()).isLessThan(before + 50);
        }
    }

    private static int descriptors() {
        return Objects.requireNonNull(new File("/proc/self/fd").list()).length;
    }

    @Test
    void whichever_step_fails_nothing_stays_open() {
        put(file("a", "x"));
        for (Step failing : Step.values()) {
            for (Runnable call : List.<Runnable>of(
                    () -> put(file("a", "x")),
                    () -> put(file("n" + failing, "x")),
                    () -> depot.stat(file("a", "x")),
                    () -> depot.get(file("a", "x")).close(),
                    () -> depot.copy(file("a", "x"), file("a", "y")),
                    () -> depot.move(file("a", "y"), file("m" + failing, "y")),
                    () -> depot.list(Rn.prefix("files")).close(),
                    () -> depot.delete(file("a", "y")))) {
                for (int nth = 1; nth <= 3; nth++) {
                    AtomicInteger count = new AtomicInteger(nth);
                    files.watch((step, path) -> {
                        if (step == failing && count.decrementAndGet() == 0) {
                            throw new FileSystemException(path.toString(), null, "The test says so");
                        }
                    });
                    try {
                        call.run();
                    } catch (DepotException failed) {
                        assertThat(failed).hasMessageContaining("files");
                    }
                    files.watch((step, path) -> {});
                    assertThat(files.open()).as(failing + " " + nth).isEqualTo(atRest);
                }
            }
        }
    }

    @Test
    void a_depot_that_is_closed_while_a_file_is_stored_says_so_and_keeps_nothing() throws IOException {
        ByteArrayInputStream content = new ByteArrayInputStream(new byte[20_000_000]) {
            @Override
            public synchronized int read(byte[] buffer, int offset, int length) {
                if (pos > 18_000_000) {
                    depot.close();
                }
                return super.read(buffer, offset, length);
            }
        };

        assertThatExceptionOfType(ClosedException.class)
                .isThrownBy(() -> depot.put(file("a", "x"), content, PutOptions.NONE));

        try (var left = Files.list(folder.resolve(Depot.OWN).resolve("temporary"))) {
            assertThat(left).isEmpty();
        }
        assertThat(files.open()).isZero();
        open();
        assertThat(depot.stat(file("a", "x"))).isEmpty();
    }
}
