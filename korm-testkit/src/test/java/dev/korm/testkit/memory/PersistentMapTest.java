package dev.korm.testkit.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.testkit.Seed;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PersistentMapTest {
    @Test
    void changes_as_a_TreeMap_does_and_leaves_older_maps_as_they_were() {
        Random random = Seed.random(PersistentMapTest.class);
        PersistentMap<Integer> map = PersistentMap.empty();
        TreeMap<String, Integer> expected = new TreeMap<>();
        for (int i = 0; i < 5_000; i++) {
            String key = "k" + random.nextInt(300);
            PersistentMap<Integer> before = map;
            TreeMap<String, Integer> expectedBefore = i % 500 == 0 ? new TreeMap<>(expected) : null;
            if (random.nextInt(3) == 0) {
                map = map.without(key);
                expected.remove(key);
            } else {
                map = map.with(key, i);
                expected.put(key, i);
            }
            assertThat(map.size()).isEqualTo(expected.size());
            assertThat(map.get(key)).isEqualTo(expected.get(key));
            if (expectedBefore != null) {
                assertThat(map).containsExactlyElementsOf(expected.values());
                assertThat(before).containsExactlyElementsOf(expectedBefore.values());
            }
        }
    }

    @Test
    void keys_in_order_do_not_make_it_deep() {
        PersistentMap<Integer> map = PersistentMap.empty();
        for (int i = 0; i < 100_000; i++) {
            map = map.with(String.format("%08d", i), i);
        }
        assertThat(map.size()).isEqualTo(100_000);
        assertThat(map.get("00077777")).isEqualTo(77_777);
        assertThat(map.iterator().next()).isZero();
    }
}
