package dev.korm.wal.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Document;
import dev.korm.Filter;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.backup.BackupException;
import dev.korm.backup.BackupException.Reason;
import dev.korm.backup.BackupInfo;
import dev.korm.backup.RestoreOptions;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.depot.PutOptions;
import dev.korm.testkit.memory.MemoryDepot;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Backups in the form that korm 1.5.0 for TypeScript writes. */
class OriginalBackupTest {
    private static final String ROW = "{\"t\":\"row\",\"table\":\"__items__cars__suv\",\"row\":";

    private static final String SQLITE = String.join(
            "\n",
            "{\"t\":\"header\",\"version\":2,\"createdAt\":\"2026-11-21T05:28:04.076Z\",\"layerIdent\":\"main\",\"layerType\":\"sqlite\"}",
            "{\"t\":\"table\",\"name\":\"__items__cars__suv\"}",
            ROW
                    + "{\"rnId\":\"4673bfac-c35c-4899-b2d8-419a59b83907\",\"make\":\"Citroen\",\"sold\":1,\"price\":0.5,\"owner\":\"[rn]:users:basic:d49403d8-cb81-4392-bf80-45811809dcb6\",\"owners\":\"[\\\"[rn]:users:basic:d49403d8-cb81-4392-bf80-45811809dcb6\\\"]\",\"at\":\"\\\"2024-02-29T12:30:00.123Z\\\"\"}}",
            "",
            ROW
                    + "{\"rnId\":\"cb85b023-0702-49fe-ad9c-7018a3e31149\",\"make\":\"Fiat\",\"sold\":0,\"price\":null,\"owner\":null,\"owners\":null,\"at\":null}}",
            "{\"t\":\"endTable\",\"name\":\"__items__cars__suv\"}",
            "{\"t\":\"table\",\"name\":\"__korm_pool__\"}",
            "{\"t\":\"endTable\",\"name\":\"__korm_pool__\"}",
            "{\"t\":\"end\"}");

    record Suv(
            String make,
            boolean sold,
            @org.jspecify.annotations.Nullable Double price) {}

    @TempDir
    Path folder;

    private final MemoryDepot depot = MemoryDepot.create();

    private Pool open(String name) {
        return Korm.pool()
                .layer("main", Sqlite.file(folder.resolve(name + ".sqlite")))
                .depot("bk", depot)
                .open();
    }

    private static Rn<?> put(Pool pool, String text) {
        Rn<?> file = Rn.file("bk", "__korm_backups__", "main", "20261121T052804Z", "backup-1.ndjson");
        pool.depot("bk").put(file, new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), PutOptions.NONE);
        return file;
    }

    @Test
    void one_of_sqlite_is_restored_and_says_what_it_does_not_tell() {
        try (Pool pool = open("one")) {
            BackupInfo backup = pool.backups().adopt(put(pool, SQLITE));
            assertThat(backup.items()).isEqualTo(2);
            assertThat(backup.notes()).anyMatch(note -> note.contains("sold hold only 0 and 1"));
            assertThat(backup.notes()).anyMatch(note -> note.contains("nulls of price may have been NaN"));
            pool.backups().restore(backup.id(), RestoreOptions.replace());
            Document car = Korm.item(Document.class, pool)
                    .fromRn("[rn]:cars:suv:4673bfac-c35c-4899-b2d8-419a59b83907")
                    .get()
                    .data();
            assertThat(car.text("make")).isEqualTo("Citroen");
            assertThat(car.number("sold").intValue()).isEqualTo(1);
            assertThat(car.rn("owner").id()).contains("d49403d8-cb81-4392-bf80-45811809dcb6");
            assertThat(car.list("owners")).hasSize(1);
        }
    }

    @Test
    void the_lines_of_the_format_s_description_are_restored_from_the_folder_of_an_unusual_layer() {
        String lines = String.join(
                "\n",
                "{\"t\":\"header\",\"version\":2,\"createdAt\":\"2026-11-21T05:28:04.076Z\",\"layerIdent\":\"main\",\"layerType\":\"sqlite\"}",
                "{\"t\":\"table\",\"name\":\"__items__cars__suv\"}",
                ROW
                        + "{\"rnId\":\"4673bfac-c35c-4899-b2d8-419a59b83907\",\"make\":\"Citroen\",\"owner\":\"[rn]:users:basic:d49403d8-cb81-4392-bf80-45811809dcb6\",\"owners\":\"[\\\"[rn]:users:basic:d49403d8-cb81-4392-bf80-45811809dcb6\\\"]\"}}",
                "{\"t\":\"endTable\",\"name\":\"__items__cars__suv\"}",
                "{\"t\":\"end\"}",
                "");
        try (Pool pool = open("one")) {
            Rn<?> file = Rn.file(
                    "bk",
                    "__korm_backups__",
                    "layer-f50018ba98fd",
                    "20261121T052804Z",
                    "backup-bc348306-8f14-4296-a68c-5211bde1a498.ndjson");
            pool.depot("bk")
                    .put(file, new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)), PutOptions.NONE);
            BackupInfo backup = pool.backups().adopt(file);
            assertThat(backup.items()).isEqualTo(1);
            assertThat(pool.backups().list("bk"))
                    .as("files of the original are no backups of ours")
                    .hasSize(1);
            pool.backups().restore(backup.id(), RestoreOptions.replace());
            assertThat(Korm.item(Document.class, pool)
                            .fromRn("[rn]:cars:suv:4673bfac-c35c-4899-b2d8-419a59b83907")
                            .get()
                            .data()
                            .list("owners")
                            .toString())
                    .isEqualTo("[[rn]:users:basic:d49403d8-cb81-4392-bf80-45811809dcb6]");
        }
    }

    @Test
    void booleans_of_sqlite_are_booleans_where_the_pool_has_the_table() {
        try (Pool pool = open("one")) {
            Item<Suv> there = Korm.item(Suv.class, pool)
                    .fromData("cars", "suv", new Suv("own", true, 1.0))
                    .create();
            BackupInfo backup = pool.backups().adopt(put(pool, SQLITE));
            assertThat(backup.notes()).noneMatch(note -> note.contains("0 and 1"));
            pool.backups().restore(backup.id(), RestoreOptions.replace());
            List<Suv> all = Korm.item(Suv.class, pool).fromQuery("cars", "suv").get().stream()
                    .map(Item::data)
                    .toList();
            assertThat(all)
                    .containsExactlyInAnyOrder(new Suv("Citroen", true, 0.5), new Suv("Fiat", false, null))
                    .doesNotContain(there.data());
        }
    }

    @Test
    void one_of_postgresql_keeps_its_booleans_and_json() {
        String postgres = String.join(
                "\n",
                "{\"t\":\"header\",\"version\":2,\"createdAt\":\"2026-11-21T05:28:04.076Z\",\"layerIdent\":\"main\",\"layerType\":\"pg\"}",
                "{\"t\":\"table\",\"name\":\"__items__cars__suv\"}",
                ROW
                        + "{\"rnId\":\"4673bfac-c35c-4899-b2d8-419a59b83907\",\"make\":\"{\\\"a\\\":1}\",\"sold\":true,\"meta\":{\"a\":[1,null]}}}",
                "{\"t\":\"endTable\",\"name\":\"__items__cars__suv\"}",
                "{\"t\":\"end\"}",
                "");
        try (Pool pool = open("one")) {
            BackupInfo backup = pool.backups().adopt(put(pool, postgres));
            pool.backups().restore(backup.id(), RestoreOptions.replace());
            Document car = Korm.item(Document.class, pool)
                    .fromRn("[rn]:cars:suv:4673bfac-c35c-4899-b2d8-419a59b83907")
                    .get()
                    .data();
            assertThat(car.bool("sold")).isTrue();
            assertThat(car.text("make")).isEqualTo("{\"a\":1}");
            assertThat(car.document("meta").list("a")).containsExactly(1L, null);
        }
    }

    @Test
    void what_is_cut_short_or_altered_is_refused() {
        Map<String, Reason> wrong = Map.of(
                SQLITE.substring(0, SQLITE.lastIndexOf('\n')),
                Reason.DAMAGED,
                SQLITE.substring(0, 700),
                Reason.DAMAGED,
                SQLITE.replace("{\"t\":\"endTable\",\"name\":\"__items__cars__suv\"}\n", ""),
                Reason.DAMAGED,
                SQLITE + "\n{\"t\":\"end\"}",
                Reason.DAMAGED,
                SQLITE.replace("\"version\":2", "\"version\":3"),
                Reason.NEWER,
                "{\"tables\":[]}",
                Reason.FOREIGN,
                "",
                Reason.DAMAGED);
        try (Pool pool = open("one")) {
            for (Map.Entry<String, Reason> each : wrong.entrySet()) {
                Rn<?> file = put(pool, each.getKey());
                assertThatThrownBy(() -> pool.backups().adopt(file))
                        .isInstanceOfSatisfying(BackupException.class, refused -> assertThat(refused.reason())
                                .isEqualTo(each.getValue()));
            }
            assertThat(pool.backups().list("bk")).isEmpty();
            assertThat(depot.names().stream().collect(Collectors.toSet())).hasSize(1);
        }
    }

    /** The same collections of real backups, of SQLite and of PostgreSQL, come to the same items. */
    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "pg"})
    void real_ones_are_restored_item_by_item(String store) throws IOException {
        String text;
        try (InputStream file = getClass().getResourceAsStream("/original-1.5.0-backups/" + store + ".ndjson")) {
            text = new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
        }
        long rows = text.lines()
                .filter(line -> line.startsWith("{\"t\":\"row\",\"table\":\"__items__"))
                .count();
        try (Pool pool = open("real-" + store)) {
            BackupInfo backup = pool.backups().adopt(put(pool, text));
            assertThat(backup.items()).isEqualTo(rows);
            assertThat(pool.backups()
                            .restore(backup.id(), RestoreOptions.replace())
                            .created())
                    .isEqualTo(rows);
            Items<Document> items = Korm.item(Document.class, pool);
            Document ada = items.fromQuery("people", "user")
                    .where(Filter.eq("email", "ada@example.org"))
                    .first()
                    .orElseThrow()
                    .data();
            assertThat(ada.text("name")).isEqualTo("Ada Löve 😀");
            assertThat(ada.doubleValue("height")).isEqualTo(1.68);
            Document car = items.fromQuery("garage", "car")
                    .where(Filter.eq("label", "c1"))
                    .resolvePaths("owner")
                    .first()
                    .orElseThrow()
                    .data();
            assertThat(car.doubleValue("price")).isEqualTo(9999.5);
            assertThat(car.longValue("meta.service.km")).isEqualTo(12000);
            assertThat(car.rn("owner").get().text("name")).isEqualTo("Ada Löve 😀");
            assertThat(items.fromQuery("kinds", "text")
                            .where(Filter.eq("label", "lines"))
                            .first()
                            .orElseThrow()
                            .data()
                            .text("v"))
                    .isEqualTo("line\nbreak\r\n\ttab");
        }
    }
}
