package dev.korm.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.ConfigurationException;
import dev.korm.testkit.kalam.KalamServer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickstartTest {
    private static final String EXPECTED = """
            Create
                2 users and 4 cars
                a second "freddie" is refused: [username] must be unique
            Ask: Fred's cars since 2010, newest first
                Renault Clio (2018, not registered) of Fred
                Citroen C4 (2014) of Fred
            Change: a new value, then commit
                Citroen C4 (2014, not registered)
                its revision grew by 1
            Conflict: a change of what someone else has changed is refused
                nothing was written: the car is 1 revision ahead by now
                read it again and sold it to Wilma
            Several changes at once: both or none
                the C4 is registered and the Octavia belongs to Fred
            Delete, and think again
                3 cars
                4 cars
            Count: cars by their owners' names
                Fred: 3
                Wilma: 1
            """;

    @Test
    void it_says_what_it_did(@TempDir Path folder) {
        assertThat(run(folder.resolve("cars.sqlite"))).isEqualTo(EXPECTED);
    }

    @Test
    void a_database_that_is_named_stays_and_is_not_filled_twice(@TempDir Path folder) {
        Path database = folder.resolve("cars.sqlite");
        run(database);
        assertThat(database).exists();
        assertThat(run(database)).endsWith("has been filled before; it holds 2 users and 4 cars.\n");
    }

    @Test
    void it_says_the_same_wherever_users_and_cars_are(@TempDir Path folder) {
        String users = "people=" + folder.resolve("users.sqlite");
        String cars = "garage:car=" + folder.resolve("cars.sqlite");
        for (String spread : List.of(users, cars, users + "," + cars)) {
            Path own = folder.resolve("own" + spread.hashCode() + ".sqlite");
            assertThat(run(own, Spread.parse(spread))).as(spread).isEqualTo(EXPECTED);
            folder.resolve("users.sqlite").toFile().delete();
            folder.resolve("cars.sqlite").toFile().delete();
        }
    }

    @Test
    void it_says_the_same_with_one_of_its_layers_in_kalamdb(@TempDir Path folder) {
        try (KalamServer server = KalamServer.start()) {
            String store = "kalam:http://admin:" + server.password() + "@127.0.0.1:" + server.port() + "/";
            for (String spread : List.of("people=" + store + "one", "garage=" + store + "two")) {
                Path own = folder.resolve("own" + spread.hashCode() + ".sqlite");
                assertThat(run(own, Spread.parse(spread))).as(spread).isEqualTo(EXPECTED);
            }
        }
        assertThatThrownBy(() -> Spread.parse("people=kalam:http://localhost").open(folder.resolve("own.sqlite")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("NAMESPACE");
    }

    @Test
    void a_spread_that_cannot_be_read_is_refused_without_its_text() {
        assertThatThrownBy(() -> Spread.parse("people=a.sqlite,postgres://me:secret@localhost"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("Part 2")
                .hasMessageNotContaining("secret");
    }

    @Test
    void a_temporary_folder_is_gone_afterwards() throws Exception {
        Path path;
        try (TemporaryFolder folder = TemporaryFolder.create()) {
            path = folder.path();
            Files.createDirectories(path.resolve("a/b"));
            Files.writeString(path.resolve("a/b/c"), "c");
        }
        assertThat(path).doesNotExist();
    }

    private static String run(Path database) {
        return run(database, Spread.none());
    }

    private static String run(Path database, Spread spread) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        new Quickstart(new PrintStream(text, true, StandardCharsets.UTF_8)).run(database, spread);
        return text.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }
}
