package dev.korm.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.StackDepth;
import dev.korm.key.KeyRing;
import dev.korm.spi.query.TableName;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A thread whose stack ends while it seals spoils nothing that others seal: all of it opens, also in another program. */
@Timeout(120)
class SealerExhaustedThreadTest {
    private static final TableName CARS = TableName.items("cars", "suv");
    private static final byte[] PLAIN = "\"1234567890\"".getBytes(UTF_8);
    private static final int DEPTHS = 300;

    private final KeyRing ring = KeyRing.of("k1", Map.of("k1", HexFormat.of().parseHex("0123456789abcdef".repeat(4))));
    private final Sealer sealer = new Sealer(ring, new SecureRandom());
    private int failures;

    private static SecretLocation spot(Sealer by, String id) {
        return by.layer("main").item(CARS, id).column("number");
    }

    /** Seals for the item at which the exhausted thread was, and for another, and opens both elsewhere. */
    private void look(String id) {
        Sealer another = new Sealer(ring, new SecureRandom());
        for (String each : new String[] {id, UUID.randomUUID().toString(), id}) {
            assertThat(another.open(sealer.seal(PLAIN, spot(sealer, each)), spot(another, each)))
                    .isEqualTo(PLAIN);
            assertThat(sealer.open(another.seal(PLAIN, spot(another, each)), spot(sealer, each)))
                    .isEqualTo(PLAIN);
        }
    }

    private void exhaust() {
        int depth = StackDepth.deepest();
        for (int i = 0; i < DEPTHS; i++) {
            int deep = depth - i;
            String id = UUID.randomUUID().toString();
            SecretLocation spot = spot(sealer, id);
            try {
                StackDepth.dive(deep, () -> sealer.seal(PLAIN, spot));
            } catch (StackOverflowError expected) {
                failures++;
                look(id);
            }
        }
    }

    @Test
    void what_is_sealed_afterwards_opens() throws InterruptedException {
        for (int i = 0; i < 200; i++) {
            look(UUID.randomUUID().toString());
        }
        AtomicReference<Throwable> wrong = new AtomicReference<>();
        for (int round = 0; round < 4; round++) {
            Thread thread = new Thread(null, this::exhaust, "exhausted", 512 << 10);
            thread.setUncaughtExceptionHandler((which, thrown) -> wrong.compareAndSet(null, thrown));
            thread.start();
            thread.join();
        }
        assertThat(wrong.get()).isNull();
        assertThat(failures).isPositive();
    }
}
