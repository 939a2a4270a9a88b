package dev.korm.wal.backup.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.testkit.Seed;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The canonical form that is made in one pass is the one that is made by parsing: hashes in backups depend on it. */
class CanonicalJsonTest {
    private static final int TEXTS = 20_000;
    private static final String[] NAMES = {"a", "b", "ab", "", "A", "ä", "😀", "～", "a b", "\\u0061", "\"q"};
    private static final String[] NUMBERS = {
        "0",
        "-0",
        "1",
        "-17",
        "007",
        "1.5",
        "1.50",
        "-0.5",
        "0.000001",
        "0.0000001",
        "0.00000012",
        "1e3",
        "1E-3",
        "1.",
        ".5",
        "-",
        "999999999999999999",
        "1000000000000000000",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
        "123456789012345678.125",
        "12345678901234567890.5",
        "0.10",
        "-0.0",
        "100",
        "1.5e2",
        "12a"
    };

    @Test
    void it_is_the_one_that_parsing_makes() {
        Random random = Seed.random(CanonicalJsonTest.class);
        int plain = 0;
        for (int i = 0; i < TEXTS; i++) {
            String text = value(random, 4);
            if (random.nextInt(10) == 0) {
                text = damaged(random, text);
            }
            if (!new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8).equals(text)) {
                // A character was cut in half, which no store holds.
                continue;
            }
            String fast = of(text);
            if (fast != null) {
                plain++;
                assertThat(fast).as(text).isEqualTo(Json.canonicalByParsing(text));
            }
            assertThat(canonical(text)).as(text).isEqualTo(Json.canonicalByParsing(text));
        }
        assertThat(plain).as("most are made in one pass").isGreaterThan(TEXTS / 4);
    }

    @Test
    void what_databases_write_is_made_in_one_pass() {
        assertThat(of("[\"a\",\"/b\",1,-2.5,true,null]")).isEqualTo("[\"a\",\"/b\",1,-2.5,true,null]");
        assertThat(of("{\"year\": 1984, \"address\": {\"city\": \"Köln\", \"zip\": []}}"))
                .isEqualTo("{\"address\":{\"city\":\"Köln\",\"zip\":[]},\"year\":1984}");
        assertThat(of("[".repeat(500) + "]".repeat(500))).isNull();
    }

    private static @Nullable String of(String text) {
        byte[] bytes = ("xx" + text + "y").getBytes(StandardCharsets.UTF_8);
        Bytes out = new Bytes(1);
        out.write('<');
        boolean made = CanonicalJson.append(bytes, 2, bytes.length - 1, out);
        String all = new String(out.array(), 0, out.size(), StandardCharsets.UTF_8);
        assertThat(made || all.equals("<")).as("nothing is left of an attempt").isTrue();
        return made ? all.substring(1) : null;
    }

    private static String canonical(String text) {
        String plain = of(text);
        return plain != null ? plain : Json.canonicalByParsing(text);
    }

    private static String value(Random random, int depth) {
        return switch (random.nextInt(depth == 0 ? 4 : 7)) {
            case 0 -> NUMBERS[random.nextInt(random.nextInt(4) == 0 ? NUMBERS.length : 4)];
            case 1 -> "\"" + NAMES[random.nextInt(random.nextInt(4) == 0 ? NAMES.length : 6)] + "\"";
            case 2 -> random.nextBoolean() ? "true" : "false";
            case 3 -> "null";
            case 4 -> {
                StringBuilder array = new StringBuilder("[");
                int entries = random.nextInt(4);
                for (int i = 0; i < entries; i++) {
                    array.append(i == 0 ? "" : ",").append(space(random)).append(value(random, depth - 1));
                }
                yield array.append(space(random)).append("]").toString();
            }
            default -> {
                StringBuilder object = new StringBuilder("{");
                int members = random.nextInt(4);
                for (int i = 0; i < members; i++) {
                    object.append(i == 0 ? "" : ",")
                            .append(space(random))
                            .append('"')
                            .append(NAMES[random.nextInt(8)])
                            .append('"')
                            .append(space(random))
                            .append(":")
                            .append(space(random))
                            .append(value(random, depth - 1));
                }
                yield object.append(space(random)).append("}").toString();
            }
        };
    }

    private static String space(Random random) {
        return new String[] {"", "", "", " ", "\n\t"}[random.nextInt(5)];
    }

    private static String damaged(Random random, String text) {
        int at = random.nextInt(text.length() + 1);
        return random.nextBoolean()
                ? text.substring(0, at)
                : text.substring(0, at) + ",]}\":x 1".charAt(random.nextInt(8)) + text.substring(at);
    }
}
