package dev.korm.examples.todos;

import dev.korm.kalam.KalamClient;
import dev.korm.kalam.error.KalamException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Makes the table of the list, by the statements of {@code todo-app.sql}; again does no harm. The user, {@code admin} unless said otherwise, needs the role dba. */
public final class Setup {
    private Setup() {}

    /** Makes the table at the server that the environment names. */
    public static void main(String[] arguments) {
        Connection connection = Connection.of(System.getenv(), "admin");
        try (KalamClient kalam = connection.open()) {
            run(kalam, System.out);
        } catch (KalamException e) {
            System.err.println("The server at " + connection.url() + " cannot be set up: " + e.getMessage());
            System.err.println("Is it running, and are KALAM_URL, KALAM_USER and KALAM_PASSWORD right?");
            System.exit(1);
        }
    }

    static void run(KalamClient kalam, PrintStream out) {
        // Whether the server is there and knows the user is found out before anything is made.
        kalam.query("SELECT 1");
        List<String> statements = statements();
        statements.forEach(kalam::query);
        out.println("Ready: " + statements.size() + " statements");
    }

    private static List<String> statements() {
        try (InputStream file = Objects.requireNonNull(Setup.class.getResourceAsStream("todo-app.sql"))) {
            return Arrays.stream(new String(file.readAllBytes(), StandardCharsets.UTF_8).split(";\\s*(\\n|$)", -1))
                    .map(String::strip)
                    .filter(statement -> !statement.isEmpty())
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException("todo-app.sql, which is a part of this program, cannot be read", e);
        }
    }
}
