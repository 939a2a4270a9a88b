package dev.korm.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A program and all that it needs in one jar, put together as the shading plugin does without settings: of two files of a name, the first of the class path stays. What
 * {@code docs/deployment.md} says has to be left out, and when services have to be put together.
 */
@Tag("long")
class ShadedJarTest {
    /** What the program needs of the class path of the tests. */
    private static final Pattern NEEDED = Pattern.compile(
            ".*\\b(korm-core|korm-wal|sqlite-jdbc|postgresql|HikariCP|slf4j-api|jackson-|bcprov-|bcutil-|password4j|jspecify|zstd-jni|cron-utils)\\b.*");

    private static final Pattern SIGNATURE = Pattern.compile("META-INF/[^/]+[.](SF|DSA|RSA|EC)");

    private static final String SOURCE = """
            import dev.korm.*;
            import dev.korm.jdbc.*;
            import dev.korm.key.KeyRing;
            import dev.korm.wal.Wal;
            import java.nio.file.Path;
            import java.util.Map;

            public class Shaded {
                @Stored(namespace = "people", kind = "user")
                record User(String name, Password password, Encrypted<String> card) {}

                @Stored(namespace = "cars", kind = "car")
                record Car(String make, Rn<User> owner) {}

                public static void main(String[] arguments) {
                    Path folder = Path.of(arguments[0]);
                    Sqlite file = Sqlite.file(folder.resolve("main.sqlite"));
                    KeyRing keys = KeyRing.of("k1", Map.of("k1", new byte[32]));
                    if (arguments[1].equals("discover")) {
                        try (Pool pool = Korm.discover(file).keys(keys).layer("other", Postgres.url(arguments[2])).open()) {
                            System.out.println("found " + Korm.item(Car.class, pool).fromQuery("other", "cars", "car").count());
                        } catch (ConfigurationException refused) {
                            System.out.println(refused.getMessage());
                        }
                        return;
                    }
                    try (Pool pool = Korm.pool().layer("main", file).layer("other", Postgres.url(arguments[2])).defaultLayer("main")
                            .withMeta("main").withWal(Wal.at(folder.resolve("journal"))).keys(keys).open()) {
                        FloatingItem<User> fred = Korm.item(User.class, pool)
                                .fromData("main", "people", "user", new User("Fred", Password.hash("secret"), Encrypted.of("4711")));
                        FloatingItem<Car> car = Korm.item(Car.class, pool)
                                .fromData("other", "cars", "car", new Car("Citroen", fred.rn()));
                        Korm.tx(fred, car).persist();
                        Item<Car> read = Korm.item(Car.class, pool).fromQuery("other", "cars", "car")
                                .where(Filter.eq("owner.name", "Fred")).resolvePaths("owner").first().orElseThrow();
                        User owner = read.data().owner().get();
                        System.out.println(read.data().make() + " of " + owner.name() + " " + owner.password().verify("secret").outcome() + " "
                                + owner.card().reveal());
                    }
                }
            }
            """;

    @TempDir
    Path folder;

    private Path classes;

    @BeforeEach
    void compile() throws IOException {
        classes = Files.createDirectory(folder.resolve("classes"));
        Path source = Files.writeString(folder.resolve("Shaded.java"), SOURCE);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        int failed = compiler.run(
                null,
                said,
                said,
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                classes.toString(),
                source.toString());
        assertThat(failed).as(said.toString(UTF_8)).isZero();
    }

    @Test
    void it_starts_without_the_signatures_and_discovers_a_journal_where_services_are_put_together() throws Exception {
        Path signed = shaded("signed.jar", name -> false, false);
        assertThat(run(signed, "", "")).contains("Invalid signature file digest");
        Path plain = shaded("plain.jar", name -> SIGNATURE.matcher(name).matches(), false);
        Path merged = shaded("merged.jar", name -> SIGNATURE.matcher(name).matches(), true);
        try (EmbeddedPostgres server =
                EmbeddedPostgres.builder().setServerConfig("fsync", "off").start()) {
            String url = server.getJdbcUrl("postgres", "postgres");
            assertThat(run(plain, "start", url)).contains("Citroen of Fred MATCH 4711");
            assertThat(run(plain, "discover", url))
                    .contains("journal", "Add korm-wal to the program", "files of META-INF/services put together");
            assertThat(run(merged, "discover", url)).contains("found 1");
        }
    }

    private Path shaded(String name, Predicate<String> left, boolean services) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        List<Path> parts = new ArrayList<>(List.of(classes));
        for (String part : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (NEEDED.matcher(part).matches() && !part.contains("test-classes")) {
                parts.add(Path.of(part));
            }
        }
        for (Path part : parts) {
            for (Map.Entry<String, byte[]> entry : content(part).entrySet()) {
                String path = entry.getKey();
                if (left.test(path) || path.equals("META-INF/MANIFEST.MF")) {
                    continue;
                }
                byte[] first = entries.putIfAbsent(path, entry.getValue());
                if (first != null && services && path.startsWith("META-INF/services/")) {
                    entries.put(
                            path,
                            (new String(first, UTF_8) + "\n" + new String(entry.getValue(), UTF_8)).getBytes(UTF_8));
                }
            }
        }
        Path jar = folder.resolve(name);
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
            out.setLevel(Deflater.BEST_SPEED);
            Manifest manifest = new Manifest();
            manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
            manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, "Shaded");
            out.putNextEntry(new ZipEntry("META-INF/MANIFEST.MF"));
            manifest.write(out);
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                out.putNextEntry(new ZipEntry(entry.getKey()));
                out.write(entry.getValue());
            }
        }
        return jar;
    }

    private static Map<String, byte[]> content(Path part) throws IOException {
        Map<String, byte[]> content = new LinkedHashMap<>();
        if (Files.isDirectory(part)) {
            try (Stream<Path> files = Files.walk(part)) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    content.put(
                            part.relativize(file).toString().replace(File.separatorChar, '/'),
                            Files.readAllBytes(file));
                }
            }
            return content;
        }
        try (ZipFile zip = new ZipFile(part.toFile())) {
            for (ZipEntry entry :
                    zip.stream().filter(each -> !each.isDirectory()).toList()) {
                try (InputStream in = zip.getInputStream(entry)) {
                    content.put(entry.getName(), in.readAllBytes());
                }
            }
        }
        return content;
    }

    private String run(Path jar, String... arguments) throws IOException, InterruptedException {
        Path out = folder.resolve("out.txt");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-jar",
                jar.toString(),
                folder.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
        return Files.readString(out);
    }
}
