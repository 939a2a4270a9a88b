package dev.korm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the script {@code quickstart} in a checkout of its own, in which a small program is what there is to build. */
class QuickstartScriptTest {
    private static final Instant LONG_AGO = Instant.parse("2024-05-01T12:00:00Z");

    @TempDir
    Path folder;

    private Path checkout;
    private Path source;
    private Path jar;

    /** Stands for the quickstart. */
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) {
            System.out.println("Ran with " + List.of(arguments));
        }
    }

    @BeforeEach
    void checkOut() throws IOException {
        checkout = Files.createDirectories(folder.resolve("a checkout"));
        Files.copy(
                Markdown.ROOT.resolve("quickstart"),
                checkout.resolve("quickstart"),
                StandardCopyOption.COPY_ATTRIBUTES);
        source = Files.createDirectories(checkout.resolve("korm-core/src/main/java"))
                .resolve("Some.java");
        Files.writeString(source, "");
        Files.writeString(checkout.resolve("pom.xml"), "");
        jar = checkout.resolve("examples/target/korm-examples.jar");
        writeProgram(folder.resolve("program.jar"));
        Path maven = Files.createDirectories(folder.resolve("bin")).resolve("mvn");
        Files.writeString(
                maven,
                "#!/bin/sh\necho built >> '" + folder.resolve("builds") + "'\nmkdir -p '" + jar.getParent() + "'\ncp '"
                        + folder.resolve("program.jar") + "' '" + jar + "'\n");
        assertThat(maven.toFile().setExecutable(true)).isTrue();
        for (Path each : List.of(source, source.getParent(), checkout.resolve("pom.xml"))) {
            Files.setLastModifiedTime(each, FileTime.from(LONG_AGO));
        }
        try (Stream<Path> folders = Files.walk(checkout)) {
            for (Path each : folders.filter(Files::isDirectory).toList()) {
                Files.setLastModifiedTime(each, FileTime.from(LONG_AGO));
            }
        }
    }

    private static void writeProgram(Path file) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Program.class.getName());
        String name = Program.class.getName().replace('.', '/') + ".class";
        try (OutputStream out = Files.newOutputStream(file);
                JarOutputStream jar = new JarOutputStream(out, manifest);
                InputStream program =
                        Objects.requireNonNull(Program.class.getClassLoader().getResourceAsStream(name))) {
            jar.putNextEntry(new ZipEntry(name));
            program.transferTo(jar);
        }
    }

    private String run(String... arguments) throws IOException, InterruptedException {
        List<String> command = Stream.concat(
                        Stream.of(checkout.resolve("quickstart").toString()), Stream.of(arguments))
                .toList();
        Path printed = Files.createTempFile(folder, "printed", "");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectError(folder.resolve("errors").toFile())
                .redirectOutput(printed.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment()
                .put("PATH", folder.resolve("bin") + ":" + builder.environment().get("PATH"));
        Process process = builder.start();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).isZero();
        return Files.readString(printed);
    }

    private int builds() throws IOException {
        return Files.readAllLines(folder.resolve("builds")).size();
    }

    @Test
    void it_is_built_once_and_again_when_a_source_was_changed_or_deleted() throws Exception {
        assertThat(run("sale", "two words")).isEqualTo("Ran with [sale, two words]\n");
        assertThat(builds()).isOne();
        assertThat(folder.resolve("errors")).content().contains("first time");

        assertThat(run()).isEqualTo("Ran with []\n");
        assertThat(builds()).isOne();
        assertThat(folder.resolve("errors")).isEmptyFile();

        FileTime later =
                FileTime.from(Files.getLastModifiedTime(jar).toInstant().plusSeconds(1));
        Files.setLastModifiedTime(source, later);
        run();
        assertThat(builds()).isEqualTo(2);
        assertThat(folder.resolve("errors")).content().contains("source has changed");

        Files.setLastModifiedTime(source, FileTime.from(LONG_AGO));
        Files.setLastModifiedTime(jar, later);
        Files.delete(source);
        Files.setLastModifiedTime(
                source.getParent(), FileTime.from(later.toInstant().plusSeconds(1)));
        run();
        assertThat(builds()).isEqualTo(3);
    }

    @Test
    void it_starts_from_an_archive_of_classes_and_does_not_mind_a_damaged_one() throws Exception {
        run();
        Path archive = archive();
        assertThat(archive).isNotEmptyFile();

        Files.delete(archive);
        Files.writeString(archive, "damaged");
        assertThat(run("again")).isEqualTo("Ran with [again]\n");
        assertThat(folder.resolve("errors")).isEmptyFile();
    }

    private Path archive() throws IOException {
        try (Stream<Path> files = Files.list(jar.getParent())) {
            return files.filter(file -> file.toString().endsWith(".jsa"))
                    .findAny()
                    .orElseThrow();
        }
    }
}
