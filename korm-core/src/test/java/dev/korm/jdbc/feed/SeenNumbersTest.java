package dev.korm.jdbc.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SeenNumbersTest {
    @Test
    void the_set_holds_what_was_put_in_and_is_read_as_it_was_written() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            TreeSet<Long> wanted = new TreeSet<>(List.of(0L));
            SeenNumbers seen = SeenNumbers.of(0, List.of());
            for (int i = 0; i < 60; i++) {
                long number = random.nextInt(80);
                if (random.nextInt(12) == 0) {
                    seen = seen.withAllTo(number);
                    for (long each = 0; each <= number; each++) {
                        wanted.add(each);
                    }
                } else {
                    seen = seen.with(number);
                    wanted.add(number);
                }
                seen = SeenNumbers.parse(seen.toString()).orElseThrow();
                for (long each = 0; each < 90; each++) {
                    assertThat(seen.contains(each))
                            .as("%s in %s, seed %s", each, seen, seed)
                            .isEqualTo(wanted.contains(each));
                }
                assertThat(seen.highest()).isEqualTo(wanted.last());
                assertThat(seen.contains(seen.firstMissing())).isFalse();
                assertThat(seen.contains(seen.firstMissing() - 1)).isTrue();
            }
        }
    }

    @Test
    void anything_else_is_none() {
        for (String text : List.of("", "1", ";", "1;2", "1;2-3,", "a;", "1;-2-3", "12345678901234567890;")) {
            assertThat(SeenNumbers.parse(text)).as(text).isEmpty();
        }
    }
}
