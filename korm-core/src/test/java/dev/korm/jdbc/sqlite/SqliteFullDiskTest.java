package dev.korm.jdbc.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.korm.KormException;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.environment.Environment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Closing where the disk takes no more, which a limit on the size of files stands in for. */
class SqliteFullDiskTest extends SqliteWorld {
    private static final Path SHELL = Path.of("/bin/sh");

    /** In the shell's blocks of 512 bytes: more than the driver's library has, and less than the rows. */
    private static final String LIMIT = "10240";

    private static final int ROWS = 550;

    @Test
    @Timeout(120)
    void closing_says_that_the_disk_failed_and_loses_nothing() throws Exception {
        assumeTrue(Files.isExecutable(SHELL), "a shell sets the limit");
        List<String> command = new ArrayList<>(List.of(
                SHELL.toString(),
                "-c",
                "ulimit -f " + LIMIT + " && exec \"$@\"",
                "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                file().toString()));
        Process child = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String printed = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(child.waitFor()).isZero();
        assertThat(printed)
                .startsWith("StoreException: Closing failed on layer main (file " + file())
                .contains("the disk failed")
                .contains("then closed");
        assertThat(count(open())).isEqualTo(ROWS);
    }

    /** Writes more than may stand in the file, which is still in the log when it closes. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) throws Exception {
            Sqlite source = Sqlite.file(arguments[0]).durability(Sqlite.Durability.NORMAL);
            SqliteLayer layer = (SqliteLayer) source.open("main", Environment.system());
            layer.evolve(schema(USERS, NAME, REVISION), Set.of());
            for (int i = 0; i < ROWS; i++) {
                apply(layer, user(i, "x".repeat(10_000)));
            }
            try {
                layer.close();
                System.out.println("closed");
            } catch (KormException e) {
                System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage());
            }
            layer.close();
            System.out.println(layer.openReaders() == 0 ? "then closed" : "then open");
        }
    }
}
