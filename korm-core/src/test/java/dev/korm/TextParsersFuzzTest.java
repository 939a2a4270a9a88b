package dev.korm;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Whatever the text, a parser answers with a value that prints as it was read, or with its own error. Run with
 * {@code JAZZER_FUZZ=1} the targets search for counterexamples; without, they replay what was found, and a short seeded search
 * goes along with every build.
 */
class TextParsersFuzzTest {
    private static final String[] PIECES = {
        "[rn]",
        "[",
        "]",
        "::",
        ":",
        "*",
        "from",
        "depot",
        "a",
        "users",
        "A",
        "-",
        "..",
        "/",
        "\\",
        "\u0000",
        "\ud800",
        "é",
        "3dd91ede-37a4-4c25-a86a-6f1a9e132186",
        ".",
        "[*]",
        "[0]",
        "[\"",
        "\"]",
        "\"",
        "undefined",
        " ",
        "__proto__",
        "12345678901"
    };

    @FuzzTest(maxDuration = "60s")
    void rn(FuzzedDataProvider data) {
        checkRn(data.consumeRemainingAsString());
    }

    @FuzzTest(maxDuration = "60s")
    void path(FuzzedDataProvider data) {
        checkPath(data.consumeRemainingAsString());
    }

    @Test
    void a_short_seeded_search_finds_no_counterexample() {
        long seed = Long.getLong("korm.seed", new Random().nextLong());
        System.out.println("Parsers are searched with -Dkorm.seed=" + seed);
        Random random = new Random(seed);
        for (int run = 0; run < 20_000; run++) {
            StringBuilder text = new StringBuilder(random.nextInt(4) == 0 ? "" : "[rn]");
            int pieces = random.nextInt(10);
            for (int i = 0; i < pieces; i++) {
                text.append(PIECES[random.nextInt(PIECES.length)]);
            }
            checkRn(text.toString());
            checkPath(text.toString());
        }
    }

    private static void checkRn(String text) {
        try {
            Rn<?> rn = Rn.parse(text);
            assertThat(Rn.parse(rn.toString())).isEqualTo(rn);
            assertThat(Rn.isRn(text)).isTrue();
            if (!rn.isDepot()) {
                assertThat(rn.namespace()).matches("[a-z][a-z0-9]*");
                assertThat(rn.kind()).matches("[a-z][a-z0-9]*");
            }
        } catch (RnException refused) {
            assertThat(refused.position()).isBetween(0, text.length());
            assertThat(Rn.isRn(text)).isFalse();
        }
    }

    private static void checkPath(String text) {
        try {
            FieldPath path = FieldPath.parse(text);
            assertThat(FieldPath.parse(path.toString())).isEqualTo(path);
        } catch (PathException refused) {
            assertThat(refused).hasMessageContaining("Not a path");
        }
    }
}
