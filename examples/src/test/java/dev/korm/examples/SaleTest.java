package dev.korm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SaleTest {
    @Test
    void a_sale_that_was_killed_happened_everywhere_or_nowhere(@TempDir Path folder) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        new Sale(new PrintStream(text, true, StandardCharsets.UTF_8), folder).run();
        assertThat(text.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n"))
                .isEqualTo("""
                            the C4 belongs to Fred; Fred has 1000; Wilma has 10000
                        Another program sells it, and is killed before any database has committed.
                            at the next start: 1 unfinished change, 0 finished, 1 dropped
                            the C4 belongs to Fred; Fred has 1000; Wilma has 10000
                        It sells the car again, and is killed when the sale is decided and the file is not yet in its place.
                            at the next start: 1 unfinished change, 1 finished, 0 dropped
                            the C4 belongs to Wilma; Fred has 10000; Wilma has 1000; contract: sold
                        """);
    }
}
