package dev.korm.testkit.house;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.korm.testkit.mysql.MySqlTestServer;
import dev.korm.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No secret is found in anything that a program leaves behind: files, logs, errors, printed objects, in whatever spelling. */
@NullUnmarked // Tests dereference what they expect to be there.
class CanaryTest {
    private static final int LEAST_FAILURES = 60;
    private static final int LEAST_SECRETS = 100;
    private static final int WINDOW = 4 << 20;

    @TempDir
    Path folder;

    /** The spellings in which a text could be found. */
    private static Map<String, byte[]> spellings(String text) {
        Map<String, byte[]> spellings = new TreeMap<>();
        byte[] plain = text.getBytes(UTF_8);
        spellings.put("plain", plain);
        spellings.put("UTF-16, little end first", text.getBytes(UTF_16LE));
        spellings.put("UTF-16, big end first", text.getBytes(UTF_16BE));
        String hex = HexFormat.of().formatHex(plain);
        spellings.put("hex", hex.getBytes(ISO_8859_1));
        spellings.put("HEX", hex.toUpperCase(Locale.ROOT).getBytes(ISO_8859_1));
        for (int before = 0; before < 3; before++) {
            byte[] shifted = new byte[before + plain.length];
            System.arraycopy(plain, 0, shifted, before, plain.length);
            String base64 = Base64.getEncoder().withoutPadding().encodeToString(shifted);
            // The first and the last digits hold bits of the neighbours too.
            int first = (8 * before + 5) / 6;
            int end = 8 * shifted.length / 6;
            spellings.put("base64 after " + before, base64.substring(first, end).getBytes(ISO_8859_1));
        }
        return spellings;
    }

    /** Where in the files of a folder a text is found. */
    private static List<String> found(Path folder, String text) throws IOException {
        List<String> found = new ArrayList<>();
        Map<String, byte[]> spellings = spellings(text);
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                search(file, spellings, found);
            }
        } catch (UncheckedIOException moved) {
            throw moved.getCause();
        }
        return found;
    }

    /** A window at a time, since a server's files are large. */
    private static void search(Path file, Map<String, byte[]> spellings, List<String> found) throws IOException {
        int longest = spellings.values().stream()
                .mapToInt(bytes -> bytes.length)
                .max()
                .orElseThrow();
        byte[] window = new byte[WINDOW];
        int kept = 0;
        try (InputStream in = Files.newInputStream(file)) {
            int read = in.readNBytes(window, 0, window.length);
            while (read > 0) {
                int size = kept + read;
                String content = new String(window, 0, size, ISO_8859_1);
                spellings.forEach((spelling, bytes) -> {
                    if (content.contains(new String(bytes, ISO_8859_1))) {
                        found.add(spelling + " in " + file);
                    }
                });
                kept = Math.min(size, longest);
                System.arraycopy(window, size - kept, window, 0, kept);
                read = in.readNBytes(window, kept, window.length - kept);
            }
        } catch (NoSuchFileException recycled) {
            // A server takes files away while it runs.
        }
    }

    private static String content(Path file) throws IOException {
        try {
            return Files.readString(file, ISO_8859_1);
        } catch (NoSuchFileException recycled) {
            return "";
        }
    }

    @Test
    void the_search_finds_every_spelling() throws IOException {
        for (Map.Entry<String, byte[]> spelling : spellings(CanaryProgram.STEM).entrySet()) {
            Path file = folder.resolve("planted");
            byte[] bytes = spelling.getValue();
            byte[] planted = new byte[bytes.length + 3];
            System.arraycopy(bytes, 0, planted, 1, bytes.length);
            Files.write(file, planted);
            assertThat(found(folder, CanaryProgram.STEM)).anyMatch(place -> place.startsWith(spelling.getKey()));
        }
        for (String around : List.of("", "x", "xy")) {
            String text = Base64.getEncoder().encodeToString((around + CanaryProgram.STEM + "!").getBytes(UTF_8));
            Files.writeString(folder.resolve("planted"), text);
            assertThat(found(folder, CanaryProgram.STEM)).isNotEmpty();
        }
        Files.writeString(folder.resolve("planted"), "nothing");
        assertThat(found(folder, CanaryProgram.STEM)).isEmpty();
    }

    /** Runs the program with every logger at its loudest, and everything it prints in the folder. */
    private void run(String... arguments) throws IOException, InterruptedException {
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        Path logging = folder.resolve("logging.properties");
        Files.writeString(logging, """
                handlers=java.util.logging.FileHandler
                .level=ALL
                java.util.logging.FileHandler.level=ALL
                java.util.logging.FileHandler.pattern=%s
                java.util.logging.FileHandler.formatter=java.util.logging.SimpleFormatter
                """.formatted(folder.resolve("jul.log")));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Djava.io.tmpdir=" + temporary,
                "-Djava.util.logging.config.file=" + logging,
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=trace",
                "-Dorg.slf4j.simpleLogger.log.com.zaxxer.hikari=trace",
                "-Dorg.slf4j.simpleLogger.logFile=" + folder.resolve("slf4j.log"),
                "-cp",
                System.getProperty("java.class.path"),
                CanaryProgram.class.getName(),
                folder.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectOutput(folder.resolve("out.txt").toFile())
                .redirectError(folder.resolve("err.txt").toFile())
                .start();
        assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
        String out = Files.readString(folder.resolve("out.txt"));
        assertThat(out).as(Files.readString(folder.resolve("err.txt"))).contains("END");
        assertThat(number(out, "failures=")).isGreaterThanOrEqualTo(LEAST_FAILURES);
        assertThat(number(out, "secrets=")).isGreaterThanOrEqualTo(LEAST_SECRETS);
        assertThat(Files.readString(folder.resolve("slf4j.log"))).contains("[REDACTED]", "ERROR");
        assertThat(content(folder.resolve("transcript.txt")))
                .contains("[REDACTED]", "[HASH]", "SealException", "NotSerializableException");
    }

    private static int number(String text, String after) {
        int begin = text.indexOf(after) + after.length();
        return Integer.parseInt(text.substring(begin).split("\\D", 2)[0]);
    }

    @Test
    void sqlite_and_all_that_is_printed_hold_no_secret() throws Exception {
        run();
        assertThat(Files.size(folder.resolve("canary.sqlite"))).isPositive();
        assertThat(Files.size(folder.resolve("canary.sqlite-wal"))).isPositive();
        assertThat(found(folder, CanaryProgram.STEM)).isEmpty();
    }

    @Test
    void mariadb_and_all_that_is_printed_hold_no_secret() throws Exception {
        String database = MySqlTestServer.newDatabase();
        Path log = folder.resolve("queries.log");
        MySqlTestServer.execute("SET GLOBAL general_log_file = '" + log + "'", "SET GLOBAL general_log = ON");
        try {
            run(MySqlTestServer.url(database));
        } finally {
            MySqlTestServer.execute("SET GLOBAL general_log = OFF");
        }
        assertThat(Files.readString(folder.resolve("slf4j.log"))).contains("com.zaxxer.hikari");
        // The very search finds what is not secret, in the server's log of queries and in its files.
        assumeTrue(Files.isReadable(log), "The server is elsewhere");
        assertThat(found(log, "Tweety")).isNotEmpty();
        assertThat(found(folder, CanaryProgram.STEM)).isEmpty();
        Path data = Path.of(MySqlTestServer.ask(database, "SELECT @@datadir"));
        assertThat(found(data, "Tweety")).isNotEmpty();
        assertThat(found(data, CanaryProgram.STEM)).isEmpty();
    }

    @Test
    void postgresql_and_all_that_is_printed_hold_no_secret() throws Exception {
        String schema = PostgresServer.newSchema();
        run(PostgresServer.url(), schema);
        assertThat(Files.readString(folder.resolve("slf4j.log"))).contains("com.zaxxer.hikari");
        assertThat(Files.readString(folder.resolve("jul.log"))).contains("org.postgresql");
        assertThat(found(folder, CanaryProgram.STEM)).isEmpty();
        Path data;
        try (Connection connection = PostgresServer.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CHECKPOINT");
            try (ResultSet row = statement.executeQuery("SHOW data_directory")) {
                row.next();
                data = Path.of(row.getString(1));
            }
        }
        assumeTrue(Files.isReadable(data), "The server's files are elsewhere");
        assertThat(found(data, CanaryProgram.STEM)).isEmpty();
        // The very search finds what is not secret, in the table and in the log of the server.
        assertThat(found(data, "Tweety")).isNotEmpty();
    }
}
