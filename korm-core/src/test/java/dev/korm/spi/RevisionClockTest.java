package dev.korm.spi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.spi.environment.RevisionClock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class RevisionClockTest {
    private static final Instant NOW = Instant.parse("2026-11-28T12:00:00.123456789Z");
    private static final long MICROS = 1_795_867_200_123_456L;

    private Instant wall = NOW;
    private final RevisionClock clock = new RevisionClock(() -> wall);

    @Test
    void a_revision_begins_at_the_microseconds_of_the_time() {
        assertThat(clock.next()).isEqualTo(MICROS);
        wall = NOW.plusSeconds(1);
        assertThat(clock.next()).isEqualTo(MICROS + 1_000_000);
        assertThat(Instant.parse("2255-01-01T00:00:00Z").getEpochSecond() * 1_000_000)
                .isLessThan(1L << 53);
    }

    @Test
    void it_goes_on_where_the_time_does_not() {
        assertThat(List.of(clock.next(), clock.next(), clock.next())).containsExactly(MICROS, MICROS + 1, MICROS + 2);
        wall = NOW.minusSeconds(3600);
        assertThat(clock.next()).isEqualTo(MICROS + 3);
    }

    @Test
    void it_stays_above_what_it_saw() {
        clock.saw(MICROS + 100);
        clock.saw(MICROS - 100);
        assertThat(clock.next()).isEqualTo(MICROS + 101);
    }

    @Test
    void what_comes_again_begins_above_the_next_revision_that_it_had() {
        assertThat(clock.nextAfter(5)).isEqualTo(MICROS);
        assertThat(clock.nextAfter(MICROS + 10)).isEqualTo(MICROS + 12);
        assertThat(clock.next()).isEqualTo(MICROS + 13);
    }

    @Test
    void no_two_threads_get_the_same() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<List<Long>>> answers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                answers.add(threads.submit(() -> {
                    List<Long> own = new ArrayList<>();
                    for (int n = 0; n < 1000; n++) {
                        own.add(clock.next());
                    }
                    return own;
                }));
            }
            Set<Long> all = new HashSet<>();
            for (Future<List<Long>> answer : answers) {
                all.addAll(answer.get());
                assertThat(answer.get()).isSorted();
            }
            assertThat(all).hasSize(4000);
        } finally {
            threads.shutdownNow();
        }
    }
}
