package dev.korm.engine.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class IdTableTest {
    private static String text(Random random, int i) {
        return switch (random.nextInt(4)) {
            case 0 -> new UUID(random.nextLong(), random.nextLong()).toString();
            case 1 -> "[rn][from::a]:b:c:" + new UUID(random.nextLong(), random.nextLong());
            case 2 -> "=" + i;
            // Alike at their ends.
            default -> i + ":3dd91ede-37a4-4c25-a86a-6f1a9e132186";
        };
    }

    @Test
    void it_holds_what_a_map_would() {
        long seed = Long.getLong("korm.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < 20; round++) {
            IdTable<Integer> table = new IdTable<>();
            Map<String, Integer> map = new HashMap<>();
            int size = random.nextInt(round < 10 ? 40 : 2_000);
            for (int i = 0; i < size; i++) {
                String text = text(random, i);
                assertThat(table.get(text)).as("korm.seed=" + seed).isEqualTo(map.get(text));
                if (map.putIfAbsent(text, i) == null) {
                    table.add(text, i);
                }
            }
            map.forEach((text, value) -> assertThat(table.get(new String(text.toCharArray())))
                    .as("korm.seed=" + seed)
                    .isEqualTo(value));
            List<Integer> seen = new ArrayList<>();
            table.each(seen::add);
            assertThat(seen).as("korm.seed=" + seed).containsExactlyInAnyOrderElementsOf(map.values());
        }
    }

    @Test
    void it_holds_nothing_at_first() {
        IdTable<String> table = new IdTable<>();
        assertThat(table.get("")).isNull();
        table.add("", "empty");
        assertThat(table.get("")).isEqualTo("empty");
        assertThat(table.get("x")).isNull();
    }
}
