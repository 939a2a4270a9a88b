package dev.korm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
                revision 1 became revision 2
            Conflict: a change of what someone else has changed is refused
                nothing was written: the car has revision 2 by now
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
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        new Quickstart(new PrintStream(text, true, StandardCharsets.UTF_8)).run(database);
        return text.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }
}
