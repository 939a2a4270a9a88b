package dev.korm.testkit.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.FloatingItem;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.SchemaException;
import dev.korm.Stored;
import dev.korm.jdbc.Sqlite;
import dev.korm.schema.ConversionProgress;
import dev.korm.testkit.Seed;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program that converts a field, is killed, and is followed by another one. */
@NullUnmarked // Tests dereference what they expect to be there.
class ConversionKilledTest {
    @Stored(namespace = "zoo", kind = "ticket")
    record OldTicket(int number, String seat) {}

    @Stored(namespace = "zoo", kind = "ticket")
    record Ticket(int number, int seat) {}

    @TempDir
    Path folder;

    @Test
    void a_conversion_that_is_killed_is_made_by_the_next_program() throws Exception {
        kill(1_000, 1);
    }

    @Test
    @Tag("long")
    void a_conversion_of_ten_thousand_that_is_killed_again_and_again_is_made_in_the_end() throws Exception {
        kill(10_000, 12);
    }

    private void kill(int items, int most) throws Exception {
        Random random = Seed.random(getClass());
        String file = folder.resolve("zoo.sqlite").toString();
        fill(file, items);
        Set<ConversionProgress.Step> met = EnumSet.noneOf(ConversionProgress.Step.class);
        int killed = 0;
        // Each may live as long as it takes to convert everything, so that every step sees one die.
        while (!program(file, killed < most ? 1 + random.nextInt(3 + 2 * items / 500) : 0, met)) {
            killed++;
            assertThat(wrong(file))
                    .as("what is neither old nor new after %d were killed", killed)
                    .isZero();
        }
        try (Pool pool = open(file)) {
            Items<Ticket> tickets = Korm.item(Ticket.class, pool);
            assertThat(tickets.query().get())
                    .hasSize(items)
                    .allMatch(item -> item.data().seat() == item.data().number() + 1);
            assertThat(tickets.convert("seat", ConversionKilledTest::converted).run())
                    .as("nothing is left to convert")
                    .isZero();
        }
        System.out.println(killed + " programs were killed, in " + met);
    }

    /** Converted twice, it would be seen. */
    static int converted(String seat) {
        return Integer.parseInt(seat) + 1;
    }

    private static void fill(String file, int items) {
        try (Pool pool = open(file)) {
            List<FloatingItem<OldTicket>> tickets = new ArrayList<>();
            for (int i = 0; i < items; i++) {
                tickets.add(Korm.item(OldTicket.class, pool).fromData(new OldTicket(i, String.valueOf(i))));
            }
            Korm.createAll(tickets);
        }
    }

    /** Returns how many items are neither all as they were, nor all converted. */
    private static long wrong(String file) {
        try (Pool pool = open(file)) {
            try {
                return Korm.item(Ticket.class, pool).query().get().stream()
                        .filter(item -> item.data().seat() != item.data().number() + 1)
                        .count();
            } catch (SchemaException notConverted) {
                return Korm.item(OldTicket.class, pool).query().get().stream()
                        .filter(item -> !item.data()
                                .seat()
                                .equals(String.valueOf(item.data().number())))
                        .count();
            }
        }
    }

    private static Pool open(String file) {
        return Korm.pool().layer("main", Sqlite.file(file)).open();
    }

    /**
     * Runs a program that converts.
     *
     * @param steps how many steps it tells of before it is killed; 0 for none
     * @param met gains the steps in which programs were killed
     * @return whether it came to its end
     */
    private static boolean program(String file, int steps, Set<ConversionProgress.Step> met)
            throws IOException, InterruptedException {
        Process program = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Program.class.getName(),
                        file)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        int told = 0;
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(program.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.equals("done")) {
                    assertThat(program.waitFor()).isZero();
                    return true;
                }
                told++;
                if (told == steps) {
                    met.add(ConversionProgress.Step.valueOf(line));
                    program.toHandle().destroyForcibly(); // Process.destroyForcibly would close the stream too.
                }
            }
        }
        assertThat(program.waitFor()).as("it was killed, and did not fail").isEqualTo(128 + 9);
        return false;
    }

    /** Converts, and says how far it is. */
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) {
            try (Pool pool = open(arguments[0])) {
                Korm.item(Ticket.class, pool)
                        .convert("seat", ConversionKilledTest::converted)
                        .onProgress(progress -> {
                            System.out.println(progress.step());
                            System.out.flush();
                        })
                        .run();
            }
            System.out.println("done");
        }
    }
}
