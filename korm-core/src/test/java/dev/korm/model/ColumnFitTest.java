package dev.korm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Document;
import dev.korm.Rn;
import dev.korm.SchemaException;
import dev.korm.Unique;
import dev.korm.ValueException;
import dev.korm.model.row.Columns;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.FingerprintKey;
import dev.korm.spi.schema.TableSchema;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Values in columns of other kinds than the model would make today. */
class ColumnFitTest {
    record Whole(Long v) {}

    record Small(byte v) {}

    record Real(Double v) {}

    record Single(Float v) {}

    record Decimal(BigDecimal v) {}

    record Flag(Boolean v) {}

    record Text(String v) {}

    record Time(Instant v) {}

    record Reference(Rn<Text> v) {}

    record Bytes(byte[] v) {}

    record Many(List<String> v) {}

    record Maybe(Optional<String> v) {}

    record Only(Unique<String> v) {}

    private static TableSchema table(ColumnKind kind, ColumnSchema... more) {
        List<ColumnSchema> columns = new ArrayList<>(List.of(Columns.key(), new ColumnSchema("v", kind)));
        columns.addAll(List.of(more));
        columns.add(Columns.revision());
        return new TableSchema(OneRow.TABLE, columns, List.of());
    }

    private static <T> void fits(T data, ColumnKind kind, Object stored) {
        @SuppressWarnings("unchecked")
        Model<T> model = Models.of((Class<T>) data.getClass());
        OneRow row = new OneRow(table(kind));
        row.write(model.encode(data, row.schema(), OneRow.rn()));
        assertThat(row.cell("v")).isEqualTo(stored);
        assertThat(row.read(model)).isEqualTo(data);
    }

    private static void refusesValue(Record data, ColumnKind kind) {
        refuses(data, kind, ValueException.class, "\"v", OneRow.rn().toString());
    }

    private static void refusesSchema(Record data, ColumnKind kind) {
        refuses(
                data,
                kind,
                SchemaException.class,
                "\"v\"",
                kind.name(),
                "destructive()",
                "@Name",
                "type of its column");
    }

    @SuppressWarnings("unchecked")
    private static <T> void refuses(T data, ColumnKind kind, Class<? extends Throwable> type, String... words) {
        Model<T> model = Models.of((Class<T>) data.getClass());
        assertThatThrownBy(() -> model.encode(data, table(kind), OneRow.rn()))
                .isInstanceOf(type)
                .hasMessageContainingAll(words);
    }

    private static <T> T read(Class<T> type, ColumnKind kind, Object stored) {
        return new OneRow(table(kind)).put("v", stored).read(Models.of(type));
    }

    private static void refusesRead(Class<?> type, ColumnKind kind, Object stored, Class<? extends Throwable> error) {
        assertThatThrownBy(() -> read(type, kind, stored))
                .isInstanceOf(error)
                .hasMessageContainingAll(
                        "\"v", type.getSimpleName(), OneRow.rn().toString());
    }

    @Test
    void what_loses_nothing_is_stored_in_the_column_there_is() {
        fits(new Whole(3L), ColumnKind.REAL, 3.0);
        fits(new Whole(3L), ColumnKind.DECIMAL, BigDecimal.valueOf(3));
        fits(new Whole(1L), ColumnKind.BOOLEAN, true);
        fits(new Whole(Long.MAX_VALUE), ColumnKind.JSON, "9223372036854775807");
        fits(new Real(3.0), ColumnKind.INTEGER, 3L);
        fits(new Real(0.1), ColumnKind.DECIMAL, new BigDecimal("0.1"));
        fits(new Real(0.1), ColumnKind.JSON, "0.1");
        fits(new Decimal(new BigDecimal("0.1")), ColumnKind.REAL, 0.1);
        fits(new Decimal(new BigDecimal("3")), ColumnKind.INTEGER, 3L);
        fits(new Decimal(new BigDecimal("2.50")), ColumnKind.TEXT, "2.50");
        fits(new Decimal(new BigDecimal("2.50")), ColumnKind.JSON, "\"2.50\"");
        fits(new Flag(true), ColumnKind.INTEGER, 1L);
        fits(new Flag(false), ColumnKind.JSON, "false");
        fits(new Text("a\"b"), ColumnKind.JSON, "\"a\\\"b\"");
        fits(new Text("a"), ColumnKind.RN, "a");
        fits(new Time(Instant.EPOCH), ColumnKind.JSON, "\"1970-01-01T00:00:00.000000000Z\"");
        fits(new Reference(OneRow.rn()), ColumnKind.TEXT, OneRow.rn().toString());
        fits(new Reference(OneRow.rn()), ColumnKind.JSON, "\"" + OneRow.rn() + "\"");
        fits(new Maybe(Optional.of("x")), ColumnKind.JSON, "\"x\"");
        fits(new Maybe(Optional.empty()), ColumnKind.JSON, null);
    }

    @Test
    void null_fits_every_column() {
        for (ColumnKind kind : ColumnKind.values()) {
            fits(new Whole(null), kind, null);
            fits(new Text(null), kind, null);
            fits(new Many(null), kind, null);
            fits(new Maybe(Optional.empty()), kind, null);
        }
    }

    @Test
    void what_would_lose_something_is_refused() {
        refusesValue(new Whole((1L << 53) + 1), ColumnKind.REAL);
        refusesValue(new Whole(Long.MAX_VALUE), ColumnKind.REAL);
        refusesValue(new Whole(2L), ColumnKind.BOOLEAN);
        refusesValue(new Real(1.5), ColumnKind.INTEGER);
        refusesValue(new Real(1e300), ColumnKind.INTEGER);
        refusesValue(new Decimal(new BigDecimal("0.1000000000000000055")), ColumnKind.REAL);
        refusesValue(new Decimal(new BigDecimal("2.5")), ColumnKind.INTEGER);
        refusesValue(new Decimal(new BigDecimal("1E+999999")), ColumnKind.INTEGER);
        refusesValue(new Real(Double.NaN), ColumnKind.REAL);
        refusesValue(new Real(Double.NEGATIVE_INFINITY), ColumnKind.JSON);
        refusesValue(new Text("a\0b"), ColumnKind.TEXT);
        refusesValue(new Text("\ud800"), ColumnKind.TEXT);
        refusesValue(new Text("\ud800"), ColumnKind.JSON);
        refusesValue(new Many(List.of("\0")), ColumnKind.JSON);
        refusesValue(new Time(Instant.MAX), ColumnKind.TEXT);
        refusesValue(new Time(Instant.parse("-0001-01-01T00:00:00Z")), ColumnKind.TEXT);
    }

    @Test
    void a_column_of_a_kind_that_cannot_hold_the_values_is_refused_with_three_ways_out() {
        refusesSchema(new Whole(1L), ColumnKind.TEXT);
        refusesSchema(new Text("1"), ColumnKind.INTEGER);
        refusesSchema(new Text("1"), ColumnKind.DECIMAL);
        refusesSchema(new Flag(true), ColumnKind.REAL);
        refusesSchema(new Many(List.of()), ColumnKind.TEXT);
        refusesSchema(new Text("x"), ColumnKind.ENCRYPTED);
        refusesSchema(new Text("x"), ColumnKind.OTHER);
        refusesSchema(new Bytes(new byte[1]), ColumnKind.TEXT);
        refusesRead(Whole.class, ColumnKind.TEXT, "secret", SchemaException.class);
        refusesRead(Many.class, ColumnKind.TEXT, "[]", SchemaException.class);
        refusesRead(Text.class, ColumnKind.ENCRYPTED, "{}", SchemaException.class);
        refusesRead(Text.class, ColumnKind.OTHER, new Object(), SchemaException.class);
    }

    @Test
    void what_other_programs_stored_is_read() {
        assertThat(read(Time.class, ColumnKind.JSON, "\"2024-01-01T00:00:00.000Z\"")
                        .v())
                .isEqualTo("2024-01-01T00:00:00Z");
        assertThat(read(Time.class, ColumnKind.TEXT, "2024-01-01T01:00:00+01:00")
                        .v())
                .isEqualTo("2024-01-01T00:00:00Z");
        assertThat(read(Whole.class, ColumnKind.INTEGER, 3.0).v()).isEqualTo(3);
        assertThat(read(Real.class, ColumnKind.INTEGER, 1e21).v()).isEqualTo(1e21);
        assertThat(read(Real.class, ColumnKind.INTEGER, 3L).v()).isEqualTo(3.0);
        assertThat(read(Single.class, ColumnKind.REAL, 1.1).v()).isEqualTo(1.1f);
        assertThat(read(Text.class, ColumnKind.JSON, "no json").v()).isEqualTo("no json");
        assertThat(read(Text.class, ColumnKind.JSON, "null").v()).isNull();
        assertThat(read(Text.class, ColumnKind.RN, "[rn]malformed").v()).isEqualTo("[rn]malformed");
        assertThat(read(Whole.class, ColumnKind.OTHER, (short) 3).v()).isEqualTo(3);
        assertThat(read(Decimal.class, ColumnKind.TEXT, "2.50").v()).isEqualTo(new BigDecimal("2.50"));
    }

    @Test
    void a_stored_value_that_does_not_fit_is_named_and_never_shown() {
        refusesRead(Small.class, ColumnKind.INTEGER, null, ValueException.class);
        refusesRead(Small.class, ColumnKind.INTEGER, 300L, ValueException.class);
        refusesRead(Whole.class, ColumnKind.REAL, 1.5, ValueException.class);
        refusesRead(Whole.class, ColumnKind.JSON, "true", ValueException.class);
        refusesRead(Flag.class, ColumnKind.JSON, "1", ValueException.class);
        refusesRead(Flag.class, ColumnKind.INTEGER, 2L, ValueException.class);
        refusesRead(Text.class, ColumnKind.JSON, "{}", ValueException.class);
        refusesRead(Many.class, ColumnKind.JSON, "{}", ValueException.class);
        refusesRead(Many.class, ColumnKind.JSON, "[1]", ValueException.class);
        refusesRead(Many.class, ColumnKind.JSON, "[", ValueException.class);
        refusesRead(Reference.class, ColumnKind.RN, "[rn]malformed", ValueException.class);
        refusesRead(Single.class, ColumnKind.REAL, 0.123456789, ValueException.class);
        refusesRead(Decimal.class, ColumnKind.TEXT, "1E+999999999", ValueException.class);
        assertThatThrownBy(() -> read(Time.class, ColumnKind.TEXT, "secret"))
                .isInstanceOf(ValueException.class)
                .hasNoCause()
                .message()
                .doesNotContain("secret");
        assertThatThrownBy(() -> read(Small.class, ColumnKind.INTEGER, null))
                .hasMessageContaining("declare it as Byte or Optional");
    }

    @Test
    void a_column_that_is_missing_is_read_as_null() {
        TableSchema bare = new TableSchema(OneRow.TABLE, List.of(Columns.key()), List.of());
        assertThat(new OneRow(bare).read(Models.of(Whole.class)).v()).isNull();
        assertThat(new OneRow(bare).read(Models.of(Maybe.class)).v()).isEmpty();
        assertThatThrownBy(() -> new OneRow(bare).read(Models.of(Small.class))).isInstanceOf(ValueException.class);
        assertThat(Models.of(Whole.class).decoder(bare).columns()).isEmpty();
    }

    @Test
    void unique_values_have_fingerprints_also_where_only_the_table_says_so() {
        TableSchema unique = table(ColumnKind.TEXT, FingerprintKey.of("v").hidden());
        OneRow row = new OneRow(unique).write(Models.of(Text.class).encode(new Text("a"), unique, OneRow.rn()));
        assertThat(row.cell("__korm_unique__v")).isEqualTo(Unique.of("a").fingerprint());
        row.write(Models.of(Text.class).encode(new Text(null), unique, OneRow.rn()));
        assertThat(row.cell("__korm_unique__v")).isNull();
        OneRow only = OneRow.of(Models.of(Only.class), new Only(Unique.of("a")));
        assertThat(only.cell("__korm_unique__v")).isEqualTo(Unique.of("a").fingerprint());
    }

    @Test
    void a_unique_structure_is_stored_in_its_canonical_form() {
        record Home(Unique<Map<String, Integer>> v) {}
        Map<String, Integer> map = new java.util.LinkedHashMap<>();
        map.put("b", 1);
        map.put("a", 2);
        OneRow row = OneRow.of(Models.of(Home.class), new Home(Unique.of(map)));
        assertThat(row.cell("v")).isEqualTo("{\"a\":2,\"b\":1}");
        assertThat(row.cell("__korm_unique__v")).isEqualTo(Unique.of(map).fingerprint());
    }

    @Test
    void equal_shapes_share_one_list_of_columns() {
        Model<Text> model = Models.of(Text.class);
        List<ColumnSchema> columns =
                model.encode(new Text("a"), table(ColumnKind.TEXT), OneRow.rn()).columns();
        assertThat(model.encode(new Text(null), table(ColumnKind.TEXT), OneRow.rn())
                        .columns())
                .isSameAs(columns);
        record Two(String a, String b) {}
        Model<Two> two = Models.of(Two.class);
        TableSchema schema = two.wanted(OneRow.TABLE, null);
        Two before = new Two("1", "2");
        assertThat(two.encodeChanges(before, new Two("1", "3"), schema, OneRow.rn())
                        .columns())
                .isSameAs(two.encodeChanges(before, new Two("1", null), schema, OneRow.rn())
                        .columns())
                .containsExactly(new ColumnSchema("b", ColumnKind.TEXT));
        Model<Document> documents = Models.of(Document.class);
        Document document = Document.of(Map.of("a", 1));
        TableSchema wanted = documents.wanted(OneRow.TABLE, document);
        assertThat(documents.encode(document, wanted, OneRow.rn()).columns())
                .isSameAs(documents
                        .encode(document.with("a", 2), wanted, OneRow.rn())
                        .columns());
    }

    record Strict(String name) {
        Strict {
            if (name.isEmpty()) {
                throw new IllegalArgumentException("secret");
            }
        }
    }

    @Test
    void a_constructor_that_refuses_is_the_cause_and_its_words_are_not_repeated() {
        OneRow row = new OneRow(Models.of(Strict.class).wanted(OneRow.TABLE, null)).put("name", "");
        assertThatThrownBy(() -> row.read(Models.of(Strict.class)))
                .isInstanceOf(ValueException.class)
                .hasCauseInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("Strict", OneRow.rn().toString(), "IllegalArgumentException")
                .message()
                .doesNotContain("secret");
    }

    record Chain(Rn<?> rn, Optional<Chain> next) {}

    @Test
    void data_nested_out_of_reason_is_refused_and_breaks_no_stack() {
        Chain chain = new Chain(null, Optional.empty());
        for (int i = 0; i < 10_000; i++) {
            chain = new Chain(null, Optional.of(chain));
        }
        Chain deep = chain;
        Model<Chain> model = Models.of(Chain.class);
        TableSchema schema = model.wanted(OneRow.TABLE, null);
        assertThatThrownBy(() -> model.encode(deep, schema, OneRow.rn()))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("100 levels");
        Chain other = new Chain(null, Optional.of(new Chain(null, deep.next())));
        assertThatThrownBy(() -> model.sameData(
                        deep.next().orElseThrow(),
                        other.next().orElseThrow().next().orElseThrow().next().orElseThrow()))
                .isInstanceOf(ValueException.class);
        assertThatThrownBy(() -> model.mapAllReferences(deep, rn -> rn)).isInstanceOf(ValueException.class);
        assertThatThrownBy(() -> model.describe(deep)).isInstanceOf(ValueException.class);

        Object list = List.of();
        for (int i = 0; i < 10_000; i++) {
            list = List.of(list);
        }
        Object nested = list;
        assertThatThrownBy(() -> Document.of(Map.of("a", nested))).isInstanceOf(ValueException.class);
        Map<String, Object> cyclic = new HashMap<>();
        cyclic.put("self", cyclic);
        assertThatThrownBy(() -> Document.of(cyclic)).isInstanceOf(ValueException.class);
        Document document = Document.EMPTY;
        for (int i = 0; i < 500; i++) {
            document = Document.of(Map.of("a", document));
        }
        Document fair = document;
        assertThat(Document.parse(fair.toJson())).isEqualTo(fair);
        Model<Document> documents = Models.of(Document.class);
        assertThatThrownBy(() -> documents.encode(fair, documents.wanted(OneRow.TABLE, fair), OneRow.rn()))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("100 levels");
        assertThatThrownBy(() -> {
                    Document growing = fair;
                    for (int i = 0; i < 10_000; i++) {
                        growing = Document.of(Map.of("a", List.of(growing)));
                    }
                })
                .isInstanceOf(ValueException.class);
    }

    @Test
    void null_is_no_item() {
        Model<Text> model = Models.of(Text.class);
        assertThatThrownBy(() -> model.check(null, OneRow.rn()))
                .isInstanceOf(ValueException.class)
                .hasMessageContainingAll(OneRow.rn().toString(), "null");
    }
}
