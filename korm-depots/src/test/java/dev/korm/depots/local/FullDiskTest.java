package dev.korm.depots.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.korm.Rn;
import dev.korm.StoreException.Outcome;
import dev.korm.depot.DepotFullException;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.PutOptions;
import dev.korm.spi.environment.Environment;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a file system of one megabyte, where the machine lets the tests mount one. */
class FullDiskTest {
    @TempDir
    Path folder;

    private boolean mounted;

    @BeforeEach
    void mount() throws Exception {
        mounted = run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder.toString());
        assumeTrue(mounted, "A file system can be mounted");
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            assertThat(run("umount", folder.toString())).isTrue();
        }
    }

    private static boolean run(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException none) {
            return false;
        }
    }

    @Test
    void a_full_disk_leaves_nothing_behind_and_takes_nothing_away() throws IOException {
        Rn<?> file = Rn.file("files", "a");
        try (Depot depot = LocalDepot.at(folder).open("files", Environment.system())) {
            depot.put(file, new ByteArrayInputStream(new byte[100_000]), PutOptions.NONE);
            for (Rn<?> target : new Rn<?>[] {file, Rn.file("files", "b")}) {
                assertThatExceptionOfType(DepotFullException.class)
                        .isThrownBy(
                                () -> depot.put(target, new ByteArrayInputStream(new byte[3_000_000]), PutOptions.NONE))
                        .withMessageContaining(target.toString())
                        .satisfies(full -> assertThat(full.outcome()).isEqualTo(Outcome.NOT_APPLIED));
            }
            try (Stream<Path> all = Files.walk(folder)) {
                assertThat(all.filter(Files::isRegularFile)
                                .filter(path ->
                                        !path.equals(folder.resolve(Depot.OWN).resolve("locks"))))
                        .containsExactly(folder.resolve("a"));
            }
            assertThat(depot.stat(file).orElseThrow().size()).isEqualTo(100_000);
            depot.put(file, new ByteArrayInputStream(new byte[200_000]), PutOptions.NONE);
        }
    }
}
