package dev.korm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.Month;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class DocumentTest {
    record Address(String street, Optional<String> city) {}

    private static final Rn<Document> FRED =
            Rn.parse("[rn][from::userdb]:users:freetier:3dd91ede-37a4-4c25-a86a-6f1a9e132186");

    @Test
    void values_are_kept_in_the_form_in_which_they_will_be_read() {
        Document document = Document.builder()
                .put("int", 1)
                .put("whole", 2.0)
                .put("big", 1e21)
                .put("float", 0.5f)
                .put("decimal", new BigDecimal("2.50"))
                .put("integer", BigInteger.TEN)
                .put("month", Month.MAY)
                .put("instant", Instant.EPOCH)
                .put("uuid", UUID.fromString("3dd91ede-37a4-4c25-a86a-6f1a9e132186"))
                .put("rn", FRED.toString())
                .put("malformed", "[rn]nonsense")
                .put("record", new Address("a", Optional.empty()))
                .put("set", Set.of(1))
                .put("optional", Optional.of("x"))
                .put("map", Map.of(Month.MAY, 1))
                .put("list", List.of(new byte[] {1}, Unique.of(2)))
                .put("none", Optional.empty())
                .build();
        assertThat(document.get("int")).contains(1L);
        assertThat(document.get("whole")).contains(2L);
        assertThat(document.get("big")).contains(1e21);
        assertThat(document.get("float")).contains(0.5);
        assertThat(document.get("decimal")).contains(new BigDecimal("2.50"));
        assertThat(document.get("integer")).contains(BigDecimal.TEN);
        assertThat(document.get("month")).contains("MAY");
        assertThat(document.get("instant")).contains("1970-01-01T00:00:00.000000000Z");
        assertThat(document.get("uuid")).contains("3dd91ede-37a4-4c25-a86a-6f1a9e132186");
        assertThat(document.get("rn")).contains(FRED);
        assertThat(document.get("malformed")).contains("[rn]nonsense");
        assertThat(document.get("record")).contains(Document.of(Map.of("street", "a")));
        assertThat(document.get("set")).contains(List.of(1L));
        assertThat(document.get("optional")).contains("x");
        assertThat(document.get("map.MAY")).contains(1L);
        assertThat(document.get("list")).contains(List.of("AQ==", 2L));
        assertThat(document.get("none")).isEmpty();
        assertThat(document.asMap()).containsEntry("none", null);
    }

    @Test
    void fields_are_read_by_path_and_type() {
        Document document =
                Document.parse("{\"a\":{\"b\":[1,{\"c\":\"x\"}],\"é.x\":true},\"n\":1.5,\"d\":\"2.50\",\"r\":\"" + FRED
                        + "\",\"nul\":null}");
        assertThat(document.longValue("a.b[0]")).isEqualTo(1);
        assertThat(document.text("a.b[1].c")).isEqualTo("x");
        assertThat(document.bool("a[\"é.x\"]")).isTrue();
        assertThat(document.number("n")).isEqualTo(1.5);
        assertThat(document.doubleValue("n")).isEqualTo(1.5);
        assertThat(document.decimal("d")).isEqualTo(new BigDecimal("2.50"));
        assertThat(document.decimal("n")).isEqualTo(new BigDecimal("1.5"));
        assertThat(document.list("a.b")).hasSize(2);
        assertThat(document.document("a").fieldNames()).containsExactly("b", "é.x");
        assertThat(document.rn("r")).isEqualTo(FRED);
        assertThat(document.text("r")).isEqualTo(FRED.toString());
        assertThat(document.has("nul")).isFalse();
        assertThat(document.get("a.b[7].x")).isEmpty();
        assertThat(document.get("n.x")).isEmpty();
        assertThatThrownBy(() -> document.text("nothing"))
                .isInstanceOf(PathException.class)
                .hasMessageContaining("nothing");
        assertThatThrownBy(() -> document.text("n"))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("n");
        assertThatThrownBy(() -> document.longValue("n")).isInstanceOf(ValueException.class);
        assertThatThrownBy(() -> document.number("d")).isInstanceOf(ValueException.class);
        assertThatThrownBy(() -> document.rn("d")).isInstanceOf(ValueException.class);
        assertThatThrownBy(() -> document.list("a")).isInstanceOf(ValueException.class);
        assertThatThrownBy(() -> document.document("n")).isInstanceOf(ValueException.class);
        assertThatThrownBy(() -> document.bool("n")).isInstanceOf(ValueException.class);
        assertThatThrownBy(() -> document.get("a.b[*]")).isInstanceOf(PathException.class);
    }

    @Test
    void a_change_makes_another_document() {
        Document document = Document.of(Map.of("list", List.of(1, 2)));
        Document changed = document.with("a.b.c", 1).with("list[1]", "x");
        assertThat(changed.toJson()).isEqualTo("{\"list\":[1,\"x\"],\"a\":{\"b\":{\"c\":1}}}");
        assertThat(document.toJson()).isEqualTo("{\"list\":[1,2]}");
        assertThat(changed.without("a.b.c").without("list[0]").toJson())
                .isEqualTo("{\"list\":[\"x\"],\"a\":{\"b\":{}}}");
        assertThat(changed.without("nothing.at.all").without("list[9]").without("list.x"))
                .isEqualTo(changed);
        assertThatThrownBy(() -> document.with("list[2]", 1)).isInstanceOf(PathException.class);
        assertThatThrownBy(() -> document.with("list.x", 1)).isInstanceOf(PathException.class);
        assertThatThrownBy(() -> document.with("new[0]", 1)).isInstanceOf(PathException.class);
        assertThatThrownBy(() -> document.with("list[*]", 1)).isInstanceOf(PathException.class);
        assertThatThrownBy(() -> document.with("r", FRED).with("r.name", 1))
                .isInstanceOf(PathException.class)
                .hasMessageContaining("reference");
    }

    @Test
    void nothing_that_was_put_in_or_is_handed_out_can_change_it() {
        Map<String, Object> inner = new HashMap<>(Map.of("a", 1));
        List<Object> list = new ArrayList<>(List.of(1));
        byte[] bytes = {1};
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("inner", inner);
        fields.put("list", list);
        fields.put("bytes", bytes);
        Document document = Document.of(fields);
        Document same = Document.of(fields);
        inner.put("a", 2);
        list.add(2);
        bytes[0] = 2;
        ((byte[]) document.get("bytes").orElseThrow())[0] = 3;
        ((byte[]) document.asMap().get("bytes"))[0] = 4;
        assertThat(document).isEqualTo(same).hasSameHashCodeAs(same);
        assertThat(document.longValue("inner.a")).isEqualTo(1);
        assertThatThrownBy(() -> document.asMap().put("x", 1)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> document.list("list").add(1)).isInstanceOf(UnsupportedOperationException.class);
        Document.Builder builder = Document.builder().put("a", 1);
        Document built = builder.build();
        builder.put("a", 2).remove("b");
        assertThat(built.longValue("a")).isEqualTo(1);
    }

    @Test
    void order_does_not_matter_to_equality() {
        assertThat(Document.parse("{\"a\":1,\"b\":[{\"x\":1}]}"))
                .isEqualTo(Document.parse("{\"b\":[{\"x\":1.0}],\"a\":1}"))
                .hasSameHashCodeAs(Document.parse("{\"b\":[{\"x\":1.0}],\"a\":1}"))
                .isNotEqualTo(Document.parse("{\"a\":1}"))
                .isNotEqualTo(Document.parse("{\"a\":1,\"b\":[{\"x\":2}]}"));
        assertThat(Document.parse("{\"a\":null}")).isNotEqualTo(Document.EMPTY);
    }

    @Test
    void hostile_keys_are_plain_data() {
        String json = "{\"1\":0,\"__proto__\":{\"x\":1},\"constructor\":2,\"\":3,\"a\\\"b\":4,\"\\\\\":5}";
        Document document = Document.parse(json);
        assertThat(document.toJson()).isEqualTo(json);
        assertThat(document.get("__proto__.x")).contains(1L);
        assertThat(document.get("[\"\"]")).contains(3L);
        assertThat(document.get("[\"a\\\"b\"]")).contains(4L);
        assertThat(document.with("[\"\\\\\"]", 6).get("[\"\\\\\"]")).contains(6L);
    }

    @Test
    void the_text_shows_names_and_no_values() {
        assertThat(Document.of(Map.of("name", "secret"))).hasToString("Document[name]");
    }

    @Test
    void what_cannot_be_stored_is_refused_by_name_and_not_shown() {
        refused(Double.NaN, "NaN");
        refused(Float.POSITIVE_INFINITY, "NaN");
        refused(new Thread("secret"), "Thread");
        refused(Map.of(List.of("secret"), 1), "key");
        refused(new BigDecimal("1E+1000000"), "digits");
        assertThatThrownBy(() -> Document.of(Map.of("a", Map.of("b", List.of(1, Double.NaN)))))
                .hasMessageContaining("\"a.b[1]\"");
    }

    private static void refused(Object value, String why) {
        assertThatThrownBy(() -> Document.of(Map.of("field", value)))
                .isInstanceOf(ValueException.class)
                .hasMessageContainingAll("\"field\"", why)
                .message()
                .doesNotContain("secret");
        assertThatThrownBy(() -> Document.EMPTY.with("field", value)).isInstanceOf(ValueException.class);
    }

    @Test
    void what_is_no_json_object_is_refused_and_not_shown() {
        for (String json : List.of("", "[1]", "\"secret\"", "{\"a\":secret}", "{\"a\":1}}", "null")) {
            assertThatThrownBy(() -> Document.parse(json))
                    .isInstanceOf(ValueException.class)
                    .hasNoCause()
                    .message()
                    .doesNotContain("secret");
        }
        assertThatThrownBy(() -> Document.parse("{\"a\":".repeat(1001))).isInstanceOf(ValueException.class);
        assertThat(Document.parse("{\"a\":".repeat(1000) + "1" + "}".repeat(1000))
                        .hashCode())
                .isNotZero();
    }

    @Test
    void numbers_beyond_long_and_double_keep_their_digits_as_decimals() {
        Document document = Document.parse("{\"a\":123456789012345678901,\"b\":0.12345678901234567890,\"c\":1e400}");
        assertThat(document.decimal("a")).isEqualTo(new BigDecimal("123456789012345678901"));
        assertThat(document.decimal("b")).isEqualTo(new BigDecimal("0.12345678901234567890"));
        assertThat(document.decimal("c")).isEqualTo(new BigDecimal("1e400"));
    }
}
