package dev.korm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Document;
import dev.korm.FieldPath;
import dev.korm.Name;
import dev.korm.QueryException;
import dev.korm.Rn;
import dev.korm.Unique;
import dev.korm.spi.query.ColumnKind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.Month;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class NodeTest {
    sealed interface Shape permits Circle, Square {}

    record Circle(double radius, String label, int size) implements Shape {}

    record Square(long side, String label, String size) implements Shape {}

    record Address(@Name("zip") String code, @Name("code") String other) {}

    record Thing(
            int number,
            double real,
            BigDecimal decimal,
            String text,
            Month month,
            UUID uuid,
            Instant time,
            Duration length,
            boolean flag,
            byte[] bytes,
            Rn<Thing> rn,
            Rn<?> any,
            Unique<String> unique,
            Optional<Integer> maybe,
            Address address,
            List<Address> list,
            Map<Month, Address> map,
            Shape shape,
            Document document,
            @Name("stored") String named) {}

    private final Node root = Models.of(Thing.class).root();

    private Node at(String... names) {
        Node node = root;
        for (String name : names) {
            node = name.equals("[]")
                    ? node.entry().orElseThrow()
                    : node.member(name).orElseThrow().node();
        }
        return node;
    }

    private static Object constant(Node node, Object value) {
        return node.constant(value, FieldPath.parse("some.path"));
    }

    @Test
    void steps_lead_where_the_types_say() {
        assertThat(at("address", "code").kind()).isEqualTo(ColumnKind.TEXT);
        assertThat(at("address").member("code")).map(Node.Member::storedName).contains("zip");
        assertThat(at("address").member("zip")).map(Node.Member::storedName).contains("zip");
        assertThat(at("address").member("nothing")).isEmpty();
        assertThat(at("address").memberNames()).containsExactly("code", "other");
        assertThat(at("list", "[]", "other").typeName()).isEqualTo("String");
        assertThat(at("map", "anything", "code").kind()).isEqualTo(ColumnKind.TEXT);
        assertThat(at("map").memberNames()).isEmpty();
        assertThat(at("unique").typeName()).isEqualTo("String");
        assertThat(at("maybe").kind()).isEqualTo(ColumnKind.INTEGER);
        assertThat(at("rn").reference()).contains(Thing.class);
        assertThat(at("any").reference()).contains(Document.class);
        assertThat(at("text").reference()).isEmpty();
        assertThat(at("text").entry()).isEmpty();
        assertThat(at("text").member("x")).isEmpty();
        assertThat(root.member("named")).map(Node.Member::storedName).contains("stored");
        assertThat(root.member("stored")).map(Node.Member::storedName).contains("stored");
        assertThat(at("list").typeName()).isEqualTo("List<Address>");
        assertThat(at("map").typeName()).isEqualTo("Map<Month, Address>");
    }

    @Test
    void of_a_sealed_interface_fields_are_known_where_the_records_agree() {
        assertThat(at("shape", "label").kind()).isEqualTo(ColumnKind.TEXT);
        assertThat(at("shape", "radius").kind()).isEqualTo(ColumnKind.REAL);
        assertThat(at("shape", "size").kind()).isEqualTo(ColumnKind.OTHER);
        assertThat(at("shape", "size").isDynamic()).isTrue();
        assertThat(at("shape", "@type").kind()).isEqualTo(ColumnKind.TEXT);
        assertThat(at("shape").member("nothing")).isEmpty();
        assertThat(at("shape").memberNames()).containsExactly("radius", "label", "size", "side");
    }

    @Test
    void documents_know_nothing_and_take_everything() {
        assertThat(at("document").isDynamic()).isTrue();
        assertThat(at("document", "a", "[]", "b").kind()).isEqualTo(ColumnKind.OTHER);
        Node value = at("document", "a");
        assertThat(constant(value, 1)).isEqualTo(1L);
        assertThat(constant(value, 1.5f)).isEqualTo(1.5);
        assertThat(constant(value, "x")).isEqualTo("x");
        assertThat(constant(value, Month.MAY)).isEqualTo("MAY");
        assertThat(constant(value, Instant.EPOCH)).isEqualTo("1970-01-01T00:00:00.000000000Z");
        assertThat(constant(value, OneRow.rn())).isEqualTo(OneRow.rn().toString());
        assertThat(constant(value, BigInteger.TEN)).isEqualTo(BigDecimal.TEN);
        assertThat(constant(value, List.of(1, Map.of("a", 2)))).isEqualTo("[1,{\"a\":2}]");
        assertThat(constant(value, new Address("1", "2"))).isEqualTo("{\"code\":\"2\",\"zip\":\"1\"}");
        assertThatThrownBy(() -> constant(value, new Object())).isInstanceOf(RuntimeException.class);
    }

    @Test
    void constants_are_lenient_where_nothing_is_lost() {
        assertThat(constant(at("number"), 5)).isEqualTo(5L);
        assertThat(constant(at("number"), 5.5)).isEqualTo(5.5);
        assertThat(constant(at("number"), new BigDecimal("5.5"))).isEqualTo(new BigDecimal("5.5"));
        assertThat(constant(at("number"), new BigInteger("99999999999999999999")))
                .isEqualTo(new BigDecimal("99999999999999999999"));
        assertThat(constant(at("real"), 1)).isEqualTo(1L);
        assertThat(constant(at("real"), -0.0)).isEqualTo(0.0);
        assertThat(constant(at("decimal"), 1)).isEqualTo(1L);
        assertThat(constant(at("month"), Month.MAY)).isEqualTo("MAY");
        assertThat(constant(at("month"), "MAY")).isEqualTo("MAY");
        UUID uuid = UUID.fromString("3dd91ede-37a4-4c25-a86a-6f1a9e132186");
        assertThat(constant(at("uuid"), uuid)).isEqualTo(uuid.toString());
        assertThat(constant(at("uuid"), "3DD91EDE-37A4-4C25-A86A-6F1A9E132186")).isEqualTo(uuid.toString());
        assertThat(constant(at("time"), "2024-01-01T00:00:00Z")).isEqualTo("2024-01-01T00:00:00.000000000Z");
        assertThat(constant(at("length"), Duration.ofSeconds(1))).isEqualTo(1_000_000_000L);
        assertThat(constant(at("length"), "PT1S")).isEqualTo(1_000_000_000L);
        assertThat(constant(at("rn"), OneRow.rn())).isEqualTo(OneRow.rn().toString());
        assertThat(constant(at("rn"), OneRow.rn().toString()))
                .isEqualTo(OneRow.rn().toString());
        assertThat(constant(at("unique"), Unique.of("a"))).isEqualTo("a");
        assertThat(constant(at("unique"), "a")).isEqualTo("a");
        assertThat(constant(at("maybe"), Optional.of(5))).isEqualTo(5L);
        assertThat(constant(at("address"), new Address("1", "2"))).isEqualTo("{\"code\":\"2\",\"zip\":\"1\"}");
        assertThat(constant(at("address"), Map.of("code", "1", "other", "2")))
                .isEqualTo("{\"code\":\"2\",\"zip\":\"1\"}");
        assertThat(constant(at("list"), List.of())).isEqualTo("[]");
        assertThat(constant(at("bytes"), new byte[] {1})).isEqualTo(new byte[] {1});
    }

    @Test
    void a_constant_of_another_type_is_refused_and_not_shown() {
        refused("number", "secret");
        refused("number", true);
        refused("number", Double.NaN);
        refused("text", 5);
        refused("text", "secret\0");
        refused("flag", 1);
        refused("month", "secret");
        refused("uuid", "secret");
        refused("time", "secret");
        refused("length", 5);
        refused("rn", "secret");
        refused("address", "secret");
        refused("address", Map.of("secretfield", 1));
        refused("list", Map.of());
        refused("maybe", Optional.empty());
    }

    private void refused(String field, Object value) {
        assertThatThrownBy(() -> constant(at(field), value))
                .isInstanceOf(QueryException.class)
                .hasMessageContainingAll(
                        "some.path", at(field).typeName(), value.getClass().getSimpleName())
                .message()
                .doesNotContain("secret");
    }

    @Test
    void stored_values_come_back_as_the_types_of_the_fields() {
        assertThat(at("number").fromStored(5L)).isEqualTo(5);
        assertThat(at("month").fromStored("MAY")).isEqualTo(Month.MAY);
        assertThat(at("time").fromStored("1970-01-01T00:00:00.000000000Z")).isEqualTo(Instant.EPOCH);
        assertThat(at("unique").fromStored("a")).isEqualTo("a");
        assertThat(at("maybe").fromStored(1L)).isEqualTo(1);
        assertThat(at("rn").fromStored(OneRow.rn().toString())).isEqualTo(OneRow.rn());
        assertThat(at("number").fromStored(null)).isNull();
        assertThat(at("number").fromStored(1L << 40)).isEqualTo(1L << 40);
        assertThat(at("number").fromStored(2.5)).isEqualTo(2.5);
    }

    @Test
    void only_what_is_stored_in_order_is_ordered() {
        assertThat(List.of("number", "real", "decimal", "text", "uuid", "time", "length", "flag", "unique"))
                .allMatch(field -> at(field).isOrdered());
        assertThat(List.of("month", "bytes", "rn", "address", "list", "map", "shape"))
                .noneMatch(field -> at(field).isOrdered());
    }
}
