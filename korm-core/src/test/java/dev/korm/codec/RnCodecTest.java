package dev.korm.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Rn;
import dev.korm.codec.scalar.RnCodec;
import dev.korm.codec.text.TypeMismatch;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RnCodecTest {
    private final RnCodec codec = new RnCodec(String.class);

    private static String id() {
        return UUID.randomUUID().toString();
    }

    @Test
    void references_to_several_collections_by_turns_are_what_their_texts_say() {
        List<String> beginnings = List.of(
                "[rn]:cars:suv:",
                "[rn]:cars:suv:",
                "[rn][from::userdb]:users:basic:",
                "[rn]:cars:suv2:",
                "[rn][from::userdb]:users:basic:",
                "[rn][from::other]:users:basic:",
                "[rn]:cars:suv:");
        for (String beginning : beginnings) {
            String id = id();
            Rn<?> read = (Rn<?>) codec.fromStored(beginning + id);
            Rn<?> parsed = Rn.parse(beginning + id);
            assertThat(read).isEqualTo(parsed).hasToString(beginning + id);
            assertThat(read.id()).contains(id);
            assertThat(List.of(read.namespace(), read.kind(), read.mods(), read.form(), read.layer()))
                    .isEqualTo(
                            List.of(parsed.namespace(), parsed.kind(), parsed.mods(), parsed.form(), parsed.layer()));
        }
    }

    @Test
    void a_text_that_begins_as_the_last_one_did_is_looked_at_all_the_same() {
        codec.fromStored("[rn]:cars:suv:" + id());
        for (String end : List.of("*", "", "x".repeat(36), id().toUpperCase(java.util.Locale.ROOT), id() + "0")) {
            boolean valid = Rn.isRn("[rn]:cars:suv:" + end);
            if (valid) {
                assertThat(codec.fromStored("[rn]:cars:suv:" + end)).hasToString("[rn]:cars:suv:" + end);
            } else {
                assertThatThrownBy(() -> codec.fromStored("[rn]:cars:suv:" + end))
                        .isInstanceOf(TypeMismatch.class)
                        .hasMessageContaining("not an RN");
            }
        }
    }

    @Test
    void a_mod_that_is_given_twice_is_read_once() {
        String id = id();
        String text = "[rn][from::a][from::b]:cars:suv:" + id;
        for (int i = 0; i < 2; i++) {
            assertThat(codec.fromStored(text)).hasToString("[rn][from::b]:cars:suv:" + id);
        }
    }
}
