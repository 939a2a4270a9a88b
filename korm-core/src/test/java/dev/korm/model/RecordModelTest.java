package dev.korm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Name;
import dev.korm.Rn;
import dev.korm.Unique;
import dev.korm.ValueException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecordModelTest {
    record Address(String street, Optional<String> city) {}

    record User(
            String name,
            int age,
            Unique<String> username,
            BigDecimal balance,
            Instant joined,
            Address address,
            List<Address> others,
            Map<String, Integer> scores,
            Rn<User> friend,
            Optional<Rn<User>> boss) {}

    @Test
    void a_record_is_read_as_it_was_stored() {
        Model<User> model = Models.of(User.class);
        User user = new User(
                "Fred",
                40,
                Unique.of("freddie"),
                new BigDecimal("2.50"),
                Instant.parse("2024-01-01T00:00:00.123Z"),
                new Address("Cobblestone Way", Optional.of("Bedrock")),
                List.of(new Address("a", Optional.empty())),
                Map.of("bowling", 300),
                OneRow.rn(),
                Optional.empty());
        OneRow row = OneRow.of(model, user);
        assertThat(row.read(model)).isEqualTo(user);
        assertThat(row.cell("joined")).isEqualTo("2024-01-01T00:00:00.123000000Z");
        assertThat(row.cell("others")).isEqualTo("[{\"street\":\"a\"}]");
        assertThat(row.cell("address")).isEqualTo("{\"street\":\"Cobblestone Way\",\"city\":\"Bedrock\"}");
    }

    sealed interface Shape permits Circle, Square {}

    @Name("round")
    record Circle(double radius) implements Shape {}

    record Square(long side) implements Shape {}

    record Drawing(List<Shape> shapes, Optional<Inner> inner) {}

    record Inner(int size, String label) {}

    private static Drawing drawing(String shapes, String inner) {
        return new OneRow(Models.of(Drawing.class).wanted(OneRow.TABLE, null))
                .put("shapes", shapes)
                .put("inner", inner)
                .read(Models.of(Drawing.class));
    }

    @Test
    void json_is_read_whatever_a_server_or_another_program_made_of_it() {
        Drawing read = drawing(
                "[{\"radius\":1,\"more\":[{}],\"@type\":\"round\"},{\"@type\":\"Square\",\"side\":2.0},null]",
                " { \"label\" : null , \"unknown\" : {\"size\":9} , \"size\" : 1 , \"size\" : 2 } ");
        assertThat(read.shapes()).containsExactly(new Circle(1), new Square(2), null);
        assertThat(read.inner()).contains(new Inner(2, null));
    }

    @Test
    void a_record_of_a_sealed_interface_says_first_which_it_is() {
        OneRow row = OneRow.of(
                Models.of(Drawing.class), new Drawing(List.of(new Circle(1.5), new Square(2)), Optional.empty()));
        assertThat(row.cell("shapes"))
                .isEqualTo("[{\"@type\":\"round\",\"radius\":1.5},{\"@type\":\"Square\",\"side\":2}]");
    }

    @Test
    void the_way_to_what_cannot_be_read_is_named() {
        assertThatThrownBy(() -> drawing("[]", "{\"label\":\"secret\"}"))
                .isInstanceOf(ValueException.class)
                .hasMessageContainingAll("\"inner.size\"", "Drawing", "Integer or Optional");
        assertThatThrownBy(() -> drawing("[{\"@type\":\"round\",\"radius\":\"secret\"}]", null))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("\"shapes[0].radius\"")
                .message()
                .doesNotContain("secret");
        assertThatThrownBy(() -> drawing("[{\"@type\":\"secret\"}]", null))
                .isInstanceOf(ValueException.class)
                .hasMessageContainingAll("\"shapes[0]\"", "round, Square")
                .message()
                .doesNotContain("secret");
    }

    @Test
    @SuppressWarnings("unchecked")
    void what_an_unchecked_cast_let_in_is_not_stored() {
        record Names(List<String> names, Map<String, Integer> sizes) {}
        Model<Names> model = Models.of(Names.class);
        List<String> numbers = (List<String>) (List<?>) List.of(1);
        Map<String, Integer> texts = (Map<String, Integer>) (Map<?, ?>) Map.of("a", "b");
        for (Names names : List.of(new Names(numbers, Map.of()), new Names(List.of(), texts))) {
            assertThatThrownBy(() -> model.encode(names, model.wanted(OneRow.TABLE, null), OneRow.rn()))
                    .isInstanceOf(ValueException.class);
        }
    }

    @Test
    void keys_that_cannot_be_stored_are_refused_and_not_shown() {
        record Names(Map<String, Integer> sizes) {}
        Model<Names> model = Models.of(Names.class);
        for (String key : List.of("secret\0", "secret\ud800")) {
            assertThatThrownBy(() -> OneRow.of(model, new Names(Map.of(key, 1))))
                    .isInstanceOf(ValueException.class)
                    .hasMessageContaining("sizes.*")
                    .message()
                    .doesNotContain("secret");
        }
        Names hostile = new Names(Map.of("__proto__", 1, "constructor", 2, "", 3, "\"", 4));
        assertThat(OneRow.of(model, hostile).read(model)).isEqualTo(hostile);
    }
}
