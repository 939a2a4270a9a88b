package dev.korm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Document;
import dev.korm.FieldPath;
import dev.korm.SchemaException;
import dev.korm.Unique;
import dev.korm.ValueException;
import dev.korm.model.row.Columns;
import dev.korm.model.row.Encoded;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.FingerprintKey;
import dev.korm.spi.schema.TableSchema;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DocumentModelTest {
    private final Model<Document> model = Models.of(Document.class);

    private static TableSchema table(ColumnSchema... columns) {
        return new TableSchema(OneRow.TABLE, List.of(columns), List.of());
    }

    @Test
    void a_document_has_the_columns_of_its_values() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", "Ada");
        fields.put("age", 36);
        fields.put("ratio", 1.5);
        fields.put("whole", 2.0);
        fields.put("e", 1e21);
        fields.put("active", true);
        fields.put("nul", null);
        fields.put("obj", Map.of("b", 1));
        fields.put("list", List.of(OneRow.rn(), "x"));
        fields.put("email", Unique.of("ada@example.org"));
        fields.put("rn", OneRow.rn().toString());
        fields.put("bad", "[rn]malformed");
        fields.put("price", new BigDecimal("2.50"));
        fields.put("bytes", new byte[] {1});
        Document ada = Document.of(fields);
        assertThat(model.wanted(OneRow.TABLE, ada).columns())
                .containsExactly(
                        new ColumnSchema("rnId", ColumnKind.ID),
                        new ColumnSchema("name", ColumnKind.TEXT),
                        new ColumnSchema("age", ColumnKind.INTEGER),
                        new ColumnSchema("ratio", ColumnKind.REAL),
                        new ColumnSchema("whole", ColumnKind.INTEGER),
                        new ColumnSchema("e", ColumnKind.REAL),
                        new ColumnSchema("active", ColumnKind.BOOLEAN),
                        new ColumnSchema("obj", ColumnKind.JSON),
                        new ColumnSchema("list", ColumnKind.JSON),
                        new ColumnSchema("email", ColumnKind.TEXT),
                        new ColumnSchema("__korm_unique__email", ColumnKind.FINGERPRINT),
                        new ColumnSchema("rn", ColumnKind.RN),
                        new ColumnSchema("bad", ColumnKind.RN),
                        new ColumnSchema("price", ColumnKind.DECIMAL),
                        new ColumnSchema("bytes", ColumnKind.BYTES),
                        new ColumnSchema("__korm_unique____korm_rev__", ColumnKind.INTEGER));
        OneRow row = OneRow.of(model, ada);
        assertThat((String) row.cell("__korm_unique__email"))
                .startsWith("6f2c9a12a9a8fe61")
                .endsWith("c067");
        Document read = row.read(model);
        assertThat(read.get("rn")).contains(OneRow.rn());
        assertThat(read.get("bad")).contains("[rn]malformed");
        assertThat(read.get("email")).contains(Unique.of("ada@example.org"));
        assertThat(read.list("list").get(0)).isEqualTo(OneRow.rn());
        assertThat(read.fieldNames()).doesNotContain("nul", "rnId", "__korm_unique__email");
        assertThat(model.sameData(read, ada)).isTrue();
        assertThat(model.wanted(OneRow.TABLE, null).columns()).hasSize(2);
    }

    @Test
    void rows_of_the_original_are_read() {
        OneRow row = new OneRow(table(
                        Columns.key(),
                        new ColumnSchema("date", ColumnKind.JSON),
                        new ColumnSchema("broken", ColumnKind.JSON),
                        new ColumnSchema("e", ColumnKind.INTEGER),
                        new ColumnSchema("sealed", ColumnKind.ENCRYPTED),
                        new ColumnSchema("strange", ColumnKind.OTHER),
                        new ColumnSchema("nul", ColumnKind.JSON)))
                .put("date", "\"2024-01-01T00:00:00.000Z\"")
                .put("broken", "{no json")
                .put("e", 1e21)
                .put("sealed", "{}")
                .put("strange", (short) 3)
                .put("nul", "null");
        Document read = row.read(model);
        assertThat(read.text("date")).isEqualTo("2024-01-01T00:00:00.000Z");
        assertThat(read.text("broken")).isEqualTo("{no json");
        assertThat(read.number("e")).isEqualTo(1e21);
        assertThat(read.longValue("strange")).isEqualTo(3);
        assertThat(read.fieldNames()).containsExactly("date", "broken", "e", "sealed", "strange");
    }

    @Test
    void a_field_that_is_gone_becomes_null() {
        TableSchema schema =
                table(Columns.key(), new ColumnSchema("a", ColumnKind.INTEGER), new ColumnSchema("b", ColumnKind.TEXT));
        Encoded changes =
                model.encodeChanges(Document.of(Map.of("a", 1)), Document.of(Map.of("b", "x")), schema, OneRow.rn());
        assertThat(changes.columns()).extracting(ColumnSchema::name).containsExactly("a", "b");
        assertThat(changes.values().values()).containsExactly(null, "x");
        assertThat(model.encode(Document.of(Map.of("b", "x")), schema, OneRow.rn())
                        .values()
                        .values())
                .containsExactly(null, "x");
    }

    @Test
    void existing_columns_decide() {
        TableSchema schema = table(
                Columns.key(),
                new ColumnSchema("real", ColumnKind.REAL),
                new ColumnSchema("json", ColumnKind.JSON),
                new ColumnSchema("text", ColumnKind.TEXT),
                new ColumnSchema("unique", ColumnKind.TEXT),
                FingerprintKey.of("unique").hidden());
        Document data = Document.of(Map.of("real", 2, "json", "x", "text", OneRow.rn(), "unique", "u"));
        OneRow row = new OneRow(schema).write(model.encode(data, schema, OneRow.rn()));
        assertThat(row.cell("real")).isEqualTo(2.0);
        assertThat(row.cell("json")).isEqualTo("\"x\"");
        assertThat(row.cell("__korm_unique__unique")).isEqualTo(Unique.of("u").fingerprint());
        assertThat(row.read(model).with("unique", "u").get("unique")).contains(Unique.of("u"));
        assertThatThrownBy(() -> model.encode(Document.of(Map.of("text", 1)), schema, OneRow.rn()))
                .isInstanceOf(SchemaException.class)
                .hasMessageContainingAll(
                        "text", "TEXT", "INTEGER", "destructive()", OneRow.rn().toString());
        assertThatThrownBy(() -> model.encode(Document.of(Map.of("json", "\0")), schema, OneRow.rn()))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("json");
    }

    @Test
    void top_level_names_are_restricted_and_nested_ones_free() {
        for (String name :
                List.of("a-b", "1x", "é", "$x", "", "rnId", "__korm_rev__", "__korm_unique__x", "x".repeat(64))) {
            Document document = Document.EMPTY.toBuilder().put(name, 1).build();
            assertThatThrownBy(() -> model.wanted(OneRow.TABLE, document))
                    .isInstanceOf(ValueException.class)
                    .hasMessageContaining("column");
            assertThatThrownBy(() -> model.encode(document, table(Columns.key()), OneRow.rn()))
                    .isInstanceOf(ValueException.class);
            Document nested = Document.of(Map.of("nested", document));
            assertThat(OneRow.of(model, nested).read(model)).isEqualTo(nested);
        }
        assertThatThrownBy(() -> model.wanted(OneRow.TABLE, Document.of(Map.of("name", 1, "Name", 2))))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("only in case");
        assertThat(OneRow.of(model, Document.of(Map.of("__proto__", 1)))
                        .read(model)
                        .longValue("__proto__"))
                .isEqualTo(1);
    }

    @Test
    void assignments_are_of_whole_fields() {
        TableSchema schema = table(Columns.key(), new ColumnSchema("a", ColumnKind.INTEGER));
        assertThat(model.encodeAssignments(Map.of(FieldPath.parse("a"), 1), schema)
                        .values()
                        .values())
                .containsExactly(1L);
        assertThatThrownBy(() -> model.encodeAssignments(Map.of(FieldPath.parse("a.b"), 1), schema))
                .isInstanceOf(dev.korm.PathException.class);
    }
}
