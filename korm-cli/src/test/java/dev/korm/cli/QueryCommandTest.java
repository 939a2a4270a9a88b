package dev.korm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Encrypted;
import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.Unique;
import dev.korm.jdbc.Sqlite;
import dev.korm.key.KeyRing;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that read a collection, write it to a file, and store a file. */
class QueryCommandTest {
    @Stored(namespace = "people", kind = "owner")
    record Owner(String name, String city) {}

    @Stored(namespace = "garage", kind = "car")
    record Car(String make, int year, BigDecimal price, Instant sold, List<String> extras, Rn<Owner> owner) {}

    @Stored(namespace = "people", kind = "secret")
    record Secret(Unique<String> name, Encrypted<String> number) {}

    @TempDir
    Path folder;

    private Pool pool(String file) {
        return Korm.pool()
                .layer("main", Sqlite.file(folder.resolve(file)))
                .keys(KeyRing.of("k", Map.of("k", new byte[32])))
                .open();
    }

    private KormProcess korm(String command, String file, String... more) throws Exception {
        List<String> words = new ArrayList<>(List.of(command, "--layer", "main=" + folder.resolve(file)));
        words.addAll(Arrays.asList(more));
        return KormProcess.run(folder, words.toArray(String[]::new));
    }

    @Test
    void a_collection_is_asked_exported_and_imported() throws Exception {
        Car citroen;
        Rn<Car> rn;
        try (Pool pool = pool("one.sqlite")) {
            Item<Owner> ada = Korm.item(Owner.class, pool)
                    .fromData(new Owner("Ada", "Rome"))
                    .create();
            citroen = new Car("Citroen", 2014, new BigDecimal("9900.50"), Instant.EPOCH, List.of("radio"), ada.rn());
            rn = Korm.item(Car.class, pool).fromData(citroen).create().rn();
            Korm.createAll(IntStream.range(0, 1200)
                    .mapToObj(i -> Korm.item(Car.class, pool)
                            .fromData(new Car(
                                    "Make " + i, 1900 + i % 100, BigDecimal.ONE, Instant.EPOCH, List.of(), null)))
                    .toList());
            Korm.item(Secret.class, pool)
                    .fromData(new Secret(Unique.of("s"), Encrypted.of("SECRET-4711")))
                    .create();
        }
        String filter = "year >= 2000 and owner.city = 'Rome' and sold < '2000-01-01T00:00:00Z' and price = 9900.5";
        KormProcess table = korm("query", "one.sqlite", "garage:car", filter);
        assertThat(table.out()).as(table.err()).contains("Citroen").doesNotContain("Make 1");
        KormProcess json = korm("query", "one.sqlite", "--json", "main/garage:car", filter);
        assertThat(json.out())
                .startsWith("{\"rn\":\"" + rn.from("main") + "\",\"revision\":")
                .contains("\"make\":\"Citroen\"")
                .hasLineCount(1);
        assertThat(korm("query", "one.sqlite", "--count", "garage:car").out()).isEqualTo("1201\n");
        KormProcess more = korm("query", "one.sqlite", "--limit", "3", "--order", "year desc, make", "garage:car");
        assertThat(more.out()).contains("Citroen");
        assertThat(more.err()).contains("--limit");
        assertThat(korm("query", "one.sqlite", "--explain", "garage:car", filter)
                        .out())
                .contains("garage:car");
        assertThat(korm("query", "one.sqlite", "people:secret").out())
                .contains("s")
                .doesNotContain("SECRET-4711");

        assertThat(korm("query", "one.sqlite", "--explain", "people:secret", "name = 's'")
                        .out())
                .as("the index of a unique field, which a document does not declare")
                .contains("INDEX")
                .doesNotContain("Advice");

        Path secrets = folder.resolve("secrets.jsonl");
        KormProcess refused = korm("export", "one.sqlite", "people:secret", "--out", secrets.toString());
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.err()).contains("number", "--without-secrets").doesNotContain("SECRET-4711");
        assertThat(secrets).doesNotExist();
        assertThat(korm("export", "one.sqlite", "people:secret", "--out", secrets.toString(), "--without-secrets")
                        .out())
                .isEqualTo("1 item\n");
        assertThat(secrets).content().contains("\"data\":{\"name\":\"s\"}");

        Path lines = folder.resolve("cars.jsonl");
        KormProcess exported = korm("export", "one.sqlite", "garage:car", "--out", lines.toString());
        assertThat(exported.out()).as(exported.err()).isEqualTo("1201 items\n");
        assertThat(Files.readAllLines(lines)).hasSize(1201);
        assertThat(korm("export", "one.sqlite", "garage:car", "--out", lines.toString())
                        .exit())
                .isEqualTo(1);

        KormProcess imported = korm("import", "two.sqlite", "--create", "garage:car", lines.toString());
        assertThat(imported.out()).as(imported.err()).isEqualTo("1201 items\n");
        try (Pool pool = pool("two.sqlite")) {
            assertThat(Korm.item(Car.class, pool).fromRn(rn).get().data()).isEqualTo(citroen);
        }
        KormProcess again = korm("import", "two.sqlite", "garage:car", lines.toString());
        assertThat(again.exit()).isEqualTo(1);
        assertThat(again.err()).contains("go on with --from-line 1");
        assertThat(korm("query", "two.sqlite", "--count", "garage:car").out()).isEqualTo("1201\n");
    }

    @Test
    void a_line_that_is_not_valid_stops_an_import_before_anything_is_stored() throws Exception {
        Path lines = folder.resolve("lines");
        for (String bad :
                List.of("{\"name\":", "[1]", "{\"rn\":\"[rn]:other:kind:x\",\"data\":{}}", "{\"rn\":7,\"data\":{}}")) {
            Files.writeString(lines, "{\"name\":\"a\"}\n\n" + bad + "\n");
            KormProcess refused = korm("import", "new.sqlite", "--create", "people:one", lines.toString());
            assertThat(refused.exit()).isEqualTo(1);
            assertThat(refused.err()).contains("Line 3");
            assertThat(folder.resolve("new.sqlite")).doesNotExist();
        }
        KormProcess stored = korm("import", "new.sqlite", "--create", "people:one", lines.toString(), "--new-ids");
        assertThat(stored.out()).as(stored.err()).isEqualTo("2 items\n");
        assertThat(korm("query", "new.sqlite", "people:one", "name ==").err()).contains("character 7");
    }
}
