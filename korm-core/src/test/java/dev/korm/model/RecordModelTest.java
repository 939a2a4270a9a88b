package dev.korm.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Rn;
import dev.korm.Unique;
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
}
