package dev.korm.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.codec.json.CanonicalJson;
import dev.korm.codec.json.JsonObject;
import dev.korm.codec.json.JsonReader;
import dev.korm.codec.json.JsonWriter;
import dev.korm.codec.json.JsonWriter.Texts;
import dev.korm.codec.text.StorableText;
import dev.korm.codec.text.TypeMismatch;
import java.math.BigDecimal;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTextTest {
    private static String write(String text, Texts texts) {
        JsonWriter out = new JsonWriter(texts);
        out.text(text);
        return out.toString();
    }

    @Test
    void texts_are_escaped_as_ecmascript_escapes_them() {
        String text = "\u2028\u0007\b\f\n\r\t\"\\/<>&é😀\ud800";
        assertThat(write(text, Texts.ANY)).isEqualTo("\"\u2028\\u0007\\b\\f\\n\\r\\t\\\"\\\\/<>&é😀\\ud800\"");
    }

    @Test
    void nul_and_unpaired_surrogates_are_refused_where_it_is_stored() {
        for (String text : List.of("a\0", "\ud800", "\udc00", "\udc00\ud800", "a\ud800b", "😀\ud83d")) {
            assertThatThrownBy(() -> write(text, Texts.STORABLE)).isInstanceOf(TypeMismatch.class);
            assertThatThrownBy(() -> StorableText.check(text)).isInstanceOf(TypeMismatch.class);
            JsonWriter out = new JsonWriter(Texts.STORABLE);
            out.beginObject();
            assertThatThrownBy(() -> out.key(text)).isInstanceOf(TypeMismatch.class);
        }
        assertThat(write("😀", Texts.STORABLE)).isEqualTo("\"😀\"");
    }

    @Test
    void keys_like_array_indexes_come_first_by_number() {
        assertThat(JsonWriter.ordered(List.of("b", "10", "2", "a", "01", "4294967294", "4294967295", "-1", "")))
                .containsExactly("2", "10", "4294967294", "b", "a", "01", "4294967295", "-1", "");
    }

    @Test
    void a_hundred_levels_are_written_and_no_more() {
        JsonWriter out = new JsonWriter(Texts.STORABLE);
        for (int i = 0; i < JsonWriter.DEEPEST; i++) {
            out.beginArray();
        }
        assertThatThrownBy(out::beginObject).isInstanceOf(TypeMismatch.class).hasMessageContaining("100 levels");
    }

    @Test
    void a_thousand_levels_are_read_and_no_more() {
        assertThat(JsonReader.tree("[".repeat(1000) + "]".repeat(1000))).isInstanceOf(List.class);
        assertThatThrownBy(() -> JsonReader.tree("[".repeat(1001) + "]".repeat(1001)))
                .isInstanceOf(TypeMismatch.class)
                .hasMessageContaining("1000 levels");
        assertThatThrownBy(() -> JsonReader.tree("[".repeat(1_000_000))).isInstanceOf(TypeMismatch.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[1,]",
                "{\"a\":}",
                "{\"a\" 1}",
                "secret",
                "[1] 2",
                "nul",
                "01",
                "1.",
                "+1",
                "NaN",
                "'a'",
                "\"a",
                "\"\t\"",
                "{a:1}",
                "[1 2]",
                "/**/1",
                "\"\\x\""
            })
    void what_is_no_json_is_refused_without_a_word_of_it(String text) {
        assertThatThrownBy(() -> JsonReader.tree(text))
                .isInstanceOf(TypeMismatch.class)
                .hasNoCause()
                .message()
                .doesNotContain("secret")
                .doesNotContain("nul");
    }

    @Test
    void numbers_keep_all_their_digits() {
        assertThat(JsonReader.tree("9223372036854775807")).isEqualTo(Long.MAX_VALUE);
        assertThat(JsonReader.tree("-9223372036854775808")).isEqualTo(Long.MIN_VALUE);
        assertThat(JsonReader.tree("9223372036854775809")).isEqualTo(new BigDecimal("9223372036854775809"));
        assertThat(JsonReader.tree("0.1")).isEqualTo(0.1);
        assertThat(JsonReader.tree("0.30000000000000004")).isEqualTo(0.1 + 0.2);
        assertThat(JsonReader.tree("0.1000000000000000055511151231257827"))
                .isEqualTo(new BigDecimal("0.1000000000000000055511151231257827"));
        assertThat(JsonReader.tree("1e+21")).isEqualTo(1e21);
        assertThat(JsonReader.tree("1e400")).isEqualTo(new BigDecimal("1e400"));
        assertThat(JsonReader.tree("1e-400")).isEqualTo(new BigDecimal("1e-400"));
        assertThat(JsonReader.tree("5e-324")).isEqualTo(Double.MIN_VALUE);
        assertThat(JsonReader.tree("123456789012345680000")).isEqualTo(123456789012345680000d);
    }

    @Test
    void of_a_key_given_twice_the_last_counts() {
        JsonObject object = (JsonObject) JsonReader.tree("{\"a\":1,\"b\":2,\"a\":3}");
        assertThat(object.get("a")).isEqualTo(3L);
        assertThat(CanonicalJson.text("{\"b\":2,\"a\":1,\"a\":3}")).isEqualTo("{\"a\":3,\"b\":2}");
    }

    @Test
    void a_text_of_many_megabytes_is_read() {
        String large = "x".repeat(30_000_000);
        assertThat(JsonReader.tree('"' + large + '"')).isEqualTo(large);
    }

    @Test
    void no_text_makes_the_reader_fail_in_another_way() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        String[] pieces = {
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "a",
            "\\",
            "\\u12",
            "1",
            "-",
            ".",
            "e",
            "9".repeat(30),
            "null",
            "true",
            "\0",
            "\ud800",
            " ",
            "\"k\":",
            "1e999999999",
            "é",
            "/*",
            "#"
        };
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int j = random.nextInt(12); j >= 0; j--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            try {
                String canonical = CanonicalJson.text(text.toString());
                assertThat(CanonicalJson.text(canonical))
                        .as("seed %d: %s", seed, text)
                        .isEqualTo(canonical);
            } catch (TypeMismatch refused) {
                assertThat(refused).hasNoCause();
            }
        }
    }
}
