package dev.korm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the script at the top of the checkout. */
class LauncherTest {
    private static final Path JAR = Path.of(System.getProperty("korm.jar", "target/korm.jar"));

    @TempDir
    Path folder;

    @Test
    void it_starts_from_an_archive_of_classes_that_it_makes_once_and_is_as_quiet_as_the_jar() throws Exception {
        for (Path archive : archives()) {
            Files.delete(archive);
        }
        assertThat(korm(0, "keygen")).matches("[0-9a-f]{64}\n");
        assertThat(archives()).singleElement().satisfies(archive -> assertThat(archive)
                .isNotEmptyFile());
        assertThat(korm(0, "keygen")).matches("[0-9a-f]{64}\n");
        Path taken = Files.createFile(folder.resolve("keys"));
        assertThat(korm(1, "keygen", "--out", taken.toString())).contains(taken.toString());
    }

    @Test
    void an_archive_that_is_damaged_is_not_minded() throws Exception {
        korm(0, "keygen");
        Path archive = archives().get(0);
        Files.delete(archive);
        Files.writeString(archive, "damaged");
        assertThat(korm(0, "keygen")).matches("[0-9a-f]{64}\n");
        Files.delete(archive);
    }

    private static List<Path> archives() throws IOException {
        try (Stream<Path> files = Files.list(JAR.toAbsolutePath().getParent())) {
            return files.filter(file -> file.toString().endsWith(".jsa")).toList();
        }
    }

    /** Returns what it printed, on both streams. */
    private String korm(int exit, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(JAR.toAbsolutePath()
                .getParent()
                .resolve("../../korm")
                .normalize()
                .toString());
        command.addAll(List.of(arguments));
        Path printed = Files.createTempFile(folder, "printed", "");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(printed.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).isEqualTo(exit);
        return Files.readString(printed);
    }
}
