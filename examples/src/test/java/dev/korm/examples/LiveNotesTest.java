package dev.korm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.kalam.auth.Auth;
import dev.korm.testkit.kalam.KalamServer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LiveNotesTest {
    @Test
    void the_list_follows_and_the_worker_handles_each_note_once() throws Exception {
        try (KalamServer server = KalamServer.start()) {
            requireNotes(server);
            requireNotes(server);
        }
    }

    private static void requireNotes(KalamServer server) throws InterruptedException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        new LiveNotes(new PrintStream(text, true, StandardCharsets.UTF_8))
                .run(server.url(), Auth.basic("admin", server.password()));
        assertThat(text.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n"))
                .isEqualTo("""
                        Live: notes with three stars or more
                            Buy milk (5)
                            Call Ada (3)
                          after both lost two stars
                            Buy milk (3)
                        Worker, running: each new note, once and in order
                            Buy milk
                            Water the plants
                            Call Ada
                        """);
    }
}
