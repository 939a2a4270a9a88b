package dev.korm.engine.depot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HashesTest {
    @Test
    void it_has_what_was_added_and_nothing_else() {
        long seed = new Random().nextLong();
        System.out.println("HashesTest runs with seed " + seed);
        Random random = new Random(seed);
        Hashes hashes = new Hashes();
        Set<Long> model = new HashSet<>();
        assertThat(hashes.isEmpty()).isTrue();

        for (int i = 0; i < 200_000; i++) {
            long hash = random.nextBoolean() ? random.nextLong() : random.nextInt(1_000) + 1L;
            assertThat(hashes.add(hash)).isEqualTo(model.add(hash));
        }

        assertThat(hashes.isEmpty()).isFalse();
        assertThat(model).allMatch(hashes::has);
        for (int i = 0; i < 10_000; i++) {
            long other = random.nextLong();
            assertThat(hashes.has(other)).isEqualTo(model.contains(other));
        }
    }
}
