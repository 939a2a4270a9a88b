package dev.korm.testkit.house;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Indexed;
import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.jdbc.Sqlite;
import dev.korm.testkit.fault.OtherProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The classes that a program loads until it has opened a file and read an item, which most of the time of its start goes into. */
class StartUpTest {
    /** The named classes of korm's own, and those that the JVM makes of lambdas of korm's. JDK 25 loads three more than 17. */
    private static final int CLASSES = 464;

    private static final int LAMBDAS = 126;

    /** A record's own {@code equals} and {@code hashCode} come from here at their first use, by some forty classes. */
    private static final String OF_RECORDS = "java.lang.runtime.ObjectMethods ";

    private static final Pattern LAMBDA = Pattern.compile("dev\\.korm\\.[\\w.$]*\\$\\$Lambda.*");

    @TempDir
    Path folder;

    record Car(
            String make, int built, double price, @Indexed long lot) {}

    /** Opens a file and reads the item of an RN. */
    static final class Program {
        private Program() {}

        public static void main(String[] args) {
            try (Pool pool = Korm.pool().layer("main", Sqlite.file(args[0])).open()) {
                System.out.println("read "
                        + Korm.item(Car.class, pool)
                                .fromRn(args[1])
                                .get()
                                .data()
                                .make());
            }
        }
    }

    @Test
    void a_first_read_loads_few_classes() throws IOException {
        Path file = folder.resolve("cars.sqlite");
        String rn;
        try (Pool pool = Korm.pool().layer("main", Sqlite.file(file)).open()) {
            Item<Car> car = Korm.item(Car.class, pool)
                    .fromData("cars", "suv", new Car("Tatra", 1985, 9_999.5, 7))
                    .create();
            rn = car.rn().toString();
        }
        Path log = folder.resolve("classes.log");
        List<String> options = List.of("-Xmx64m", "-Xlog:class+load:file=" + log + ":none");
        try (OtherProcess program = OtherProcess.start(Program.class, options, List.of(file.toString(), rn))) {
            assertThat(program.answer("read ")).isEqualTo("Tatra");
        }

        List<String> loaded = Files.readAllLines(log);
        List<String> own =
                loaded.stream().filter(line -> line.startsWith("dev.korm.")).toList();
        List<String> lambdas =
                own.stream().filter(line -> LAMBDA.matcher(line).matches()).toList();
        List<String> classes =
                own.stream().filter(line -> !line.contains("$$Lambda")).toList();
        System.out.println("Until the first item was read " + loaded.size() + " classes were loaded, " + classes.size()
                + " of korm's and " + lambdas.size() + " of its lambdas");
        assertThat(loaded).noneMatch(line -> line.startsWith(OF_RECORDS));
        assertThat(classes).hasSizeBetween(100, CLASSES);
        assertThat(lambdas).hasSizeBetween(10, LAMBDAS);
    }
}
