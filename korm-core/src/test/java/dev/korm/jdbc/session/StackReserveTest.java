package dev.korm.jdbc.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.StackDepth;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Looks for a reserve at each depth near the end of a stack: where there is one, it can be used. */
class StackReserveTest {
    private static final int ROUNDS = 30;
    private static final int DEPTHS = 2000;

    /** Takes ten kilobytes in compiled code, and thirty in the interpreter. */
    private static final int LEVELS = 120;

    private static long use(int levels, long a, long b, long c, long d, long e, long f, long g, long h) {
        return levels == 0 ? a : use(levels - 1, b, c, d, e, f, g, h, a) + (a & b & c & d & e & f & g & h & 1);
    }

    @Test
    void what_is_reserved_can_be_used() throws InterruptedException {
        AtomicInteger without = new AtomicInteger();
        AtomicInteger with = new AtomicInteger();
        AtomicReference<Throwable> wrong = new AtomicReference<>();
        Thread thread = new Thread(
                null,
                () -> {
                    try {
                        // Again and again, while the code is compiled.
                        for (int round = 0; round < ROUNDS; round++) {
                            int deepest = StackDepth.deepest();
                            for (int up = 0; up < DEPTHS; up += 1 + round) {
                                look(deepest - up, without, with);
                            }
                        }
                    } catch (Throwable unexpected) {
                        wrong.set(unexpected);
                    }
                },
                "exhausted",
                512 << 10);
        thread.start();
        thread.join();
        assertThat(wrong.get()).isNull();
        assertThat(without).hasPositiveValue();
        assertThat(with).hasPositiveValue();
    }

    private static void look(int depth, AtomicInteger without, AtomicInteger with) {
        boolean[] reserved = {false};
        try {
            StackDepth.dive(depth, () -> {
                StackReserve.require();
                reserved[0] = true;
                with.addAndGet((int) Math.min(1, use(LEVELS, 1, 2, 3, 4, 5, 6, 7, 8)));
            });
        } catch (StackOverflowError end) {
            assertThat(reserved[0]).as("the stack ended within the reserve").isFalse();
            without.incrementAndGet();
        }
    }
}
