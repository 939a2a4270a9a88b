package dev.korm.testkit.foreign;

import static dev.korm.Filter.eq;
import static dev.korm.Order.asc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Document;
import dev.korm.Encrypted;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Password;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.Unique;
import dev.korm.ValueException;
import dev.korm.file.FileRef;
import dev.korm.jdbc.Sqlite;
import dev.korm.key.KeyRing;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database of every kind of value that the TypeScript korm 1.5.0 wrote, held against what it was given. */
@NullUnmarked // Tests dereference what they expect to be there.
class OriginalKindsTest {
    private static final String DATA = "/original-1.5.0/kinds/";

    @TempDir
    Path folder;

    private Pool pool;

    record Numbers(String label, @Nullable Double inf) {}

    @BeforeEach
    void open() throws IOException {
        Path file = folder.resolve("kinds.sqlite");
        try (InputStream original = OriginalKindsTest.class.getResourceAsStream(DATA + "kinds.sqlite")) {
            Files.copy(original, file);
        }
        pool = Korm.pool()
                .layer("main", Sqlite.file(file))
                .keys(KeyRing.fromEnvironment(Map.of("KORM_ENCRYPTION_KEY", "0123456789abcdef".repeat(4))::get))
                .open();
    }

    @AfterEach
    void close() {
        pool.close();
    }

    private static Document given(String member) throws IOException {
        try (InputStream json = OriginalKindsTest.class.getResourceAsStream(DATA + "written.json")) {
            return Document.parse(new String(json.readAllBytes(), StandardCharsets.UTF_8))
                    .document(member);
        }
    }

    @Test
    void every_value_is_read_as_it_was_written() throws IOException {
        Document written = given("written");
        String updated = String.valueOf(given("updated").asMap().get("rn"));
        int values = 0;
        for (Map.Entry<String, @Nullable Object> entry : written.asMap().entrySet()) {
            if (updated.equals(entry.getKey())) {
                continue;
            }
            Rn<Document> rn = Rn.parse(entry.getKey());
            Document read = Korm.item(Document.class, pool).fromRn(rn).get().data();
            for (Map.Entry<String, @Nullable Object> field :
                    ((Document) entry.getValue()).asMap().entrySet()) {
                assertSame(
                        entry.getKey() + "." + field.getKey(),
                        field.getValue(),
                        read.asMap().get(field.getKey()),
                        true);
                values++;
            }
        }
        assertThat(values).isGreaterThan(250);
    }

    /** @param top whether the value has a column of its own */
    private static void assertSame(String where, @Nullable Object given, @Nullable Object read, boolean top) {
        Object bare = read instanceof Unique<?> unique ? unique.value() : read;
        if (given instanceof Document marked && marked.fieldNames().size() == 1 && isMark(marked)) {
            assertMarked(where, marked, bare, top);
        } else if (given instanceof Document object) {
            assertThat(bare).as(where).isInstanceOf(Document.class);
            object.asMap()
                    .forEach((name, value) -> assertSame(
                            where + "." + name, value, ((Document) bare).asMap().get(name), false));
        } else if (given instanceof List<?> list) {
            assertThat(bare).as(where).isInstanceOf(List.class);
            assertThat((List<?>) bare).as(where).hasSameSizeAs(list);
            for (int i = 0; i < list.size(); i++) {
                assertSame(where + "[" + i + "]", list.get(i), ((List<?>) bare).get(i), false);
            }
        } else if (given instanceof Number number && bare instanceof Number other) {
            // JavaScript's numbers are doubles.
            assertThat(other.doubleValue()).as(where).isEqualTo(number.doubleValue());
        } else if (given instanceof Rn<?> || given instanceof FileRef) {
            assertThat(String.valueOf(bare)).as(where).isEqualTo(given.toString());
        } else {
            assertThat(bare).as(where).isEqualTo(given);
        }
    }

    private static boolean isMark(Document document) {
        return document.fieldNames().get(0).startsWith("$");
    }

    private static void assertMarked(String where, Document marked, @Nullable Object read, boolean top) {
        String mark = marked.fieldNames().get(0);
        Object given = marked.asMap().get(mark);
        switch (mark) {
            case "$rn" -> assertThat(String.valueOf(read)).as(where).isEqualTo(String.valueOf(given));
            case "$undefined" -> assertThat(read).as(where).isNull();
            case "$unique" -> assertSame(where, given, read, top);
            case "$password" -> assertThat(read).as(where).isInstanceOf(Password.class);
            case "$date" -> assertThat(String.valueOf(read)).as(where).isEqualTo(String.valueOf(given));
            case "$sealed" -> {
                assertThat(read).as(where).isInstanceOf(Encrypted.class);
                Object revealed = ((Encrypted<?>) read).reveal();
                assertSame(where, given, revealed.equals(Optional.empty()) ? null : revealed, false);
            }
            // SQLite has no NaN, and JSON neither NaN nor infinity: there the original lost them.
            case "$number" ->
                assertThat(read)
                        .as(where)
                        .isEqualTo(top && String.valueOf(given).equals("Infinity") ? Double.POSITIVE_INFINITY : null);
            default -> throw new AssertionError(where + " has the mark " + mark);
        }
    }

    @Test
    void an_infinity_is_read_and_asked_for_and_not_written() {
        Items<Document> documents = Korm.item(Document.class, pool);
        assertThat(documents.fromQuery("kinds", "number").max("inf")).contains(Double.POSITIVE_INFINITY);
        assertThat(documents.fromQuery("kinds", "number").min("inf")).contains(Double.POSITIVE_INFINITY);
        assertThat(documents.fromQuery("kinds", "number").orderBy(asc("inf")).get())
                .hasSize(6);
        Item<Document> item = documents
                .fromQuery("kinds", "number")
                .where(eq("label", "inf"))
                .get()
                .get(0);
        assertThat(item.data().toJson()).contains("\"inf\":null");
        // What a change does not name stays.
        item.set("label", "changed").commit();
        assertThat(Korm.item(Numbers.class, pool)
                        .fromQuery("kinds", "number")
                        .where(eq("label", "changed"))
                        .get()
                        .get(0)
                        .data()
                        .inf())
                .isEqualTo(Double.POSITIVE_INFINITY);
        List<Supplier<Object>> values = List.of(
                () -> Double.POSITIVE_INFINITY,
                () -> Double.NaN,
                () -> item.data().asMap().get("inf"),
                () -> Document.of(Map.of("deep", Double.NaN)),
                () -> List.of(Double.NEGATIVE_INFINITY),
                () -> Encrypted.of(Double.NaN));
        for (int i = 0; i < values.size(); i++) {
            // Each in a column of its own kind.
            String field = i < 3 ? "inf" : "other" + i;
            Supplier<Object> value = values.get(i);
            assertThatThrownBy(() -> documents
                            .fromData("kinds", "number", Document.of(Map.of("label", "new", field, value.get())))
                            .create())
                    .isInstanceOf(ValueException.class)
                    .hasMessageContaining("NaN and infinity");
        }
        assertThatThrownBy(
                        () -> documents.fromData("kinds", "number", item.data()).create())
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("NaN and infinity");
        assertThat(documents.fromQuery("kinds", "number").count()).isEqualTo(6);
    }

    record Json(String label, @Nullable Object v) {}

    record JsonObjects(String label, @Nullable Document v) {}

    @Test
    void a_column_of_arrays_and_objects_is_a_field_of_any_type() {
        Items<Json> items = Korm.item(Json.class, pool);
        List<Item<Json>> all = items.fromQuery("kinds", "json").get();
        assertThat(all).hasSize(19);
        assertThat(all).anyMatch(item -> item.data().v() instanceof List);
        assertThat(all).anyMatch(item -> item.data().v() instanceof Document);
        for (Item<Json> item : all) {
            assertThat(item.data().v())
                    .isEqualTo(Korm.item(Document.class, pool)
                            .fromRn(Rn.<Document>parse(item.rn().toString()))
                            .get()
                            .data()
                            .asMap()
                            .get("v"));
        }
        for (Object value : List.of(List.of(1L, "a"), Document.of(Map.of("x", List.of(true))))) {
            Item<Json> created =
                    items.fromData("kinds", "json", new Json("new", value)).create();
            assertThat(created.reload().data().v()).isEqualTo(value);
        }
        Item<Json> changed = items.fromQuery("kinds", "json")
                .where(eq("v.x[*]", true))
                .get()
                .get(0)
                .set("v.x", List.of(false))
                .commit();
        assertThat(changed.reload().data().v()).isEqualTo(Document.of(Map.of("x", List.of(false))));
        assertThat(changed.update(data -> new Json("new", Map.of("y", 1)))
                        .commit()
                        .reload()
                        .data()
                        .v())
                .isEqualTo(Document.of(Map.of("y", 1L)));
        assertThatThrownBy(() -> Korm.item(JsonObjects.class, pool)
                        .fromQuery("kinds", "json")
                        .get())
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("declare the field as Object");
    }

    @Test
    void a_sealed_null_is_revealed_from_a_document() {
        Items<Document> documents = Korm.item(Document.class, pool);
        Item<Document> item = documents
                .fromQuery("kinds", "secret")
                .where(eq("label", "nul"))
                .get()
                .get(0);
        Encrypted<?> secret = (Encrypted<?>) item.data().get("v").orElseThrow();
        assertThat(secret.reveal()).isEqualTo(Optional.empty());
        // It is sealed anew for another item, and is null there too.
        Item<Document> copy = documents
                .fromData("kinds", "secret", Document.of(Map.of("label", "copy", "v", secret)))
                .create()
                .reload();
        assertThat(((Encrypted<?>) copy.data().get("v").orElseThrow()).reveal()).isEqualTo(Optional.empty());
    }
}
