package dev.korm.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Batches of a pass grow while they are quick, and shrink when they were slow. */
class PassPaceTest {
    private long now = Long.MAX_VALUE - 1_000;
    private final PassPace pace = new PassPace(() -> now);

    private int after(Duration took) {
        now += took.toNanos();
        return pace.next();
    }

    @Test
    void the_first_batch_is_small_whatever_the_clock_says() {
        assertThat(pace.next()).isEqualTo(PassPace.FEWEST);
    }

    @Test
    void a_quick_batch_is_followed_by_one_of_twice_as_many_up_to_the_most() {
        pace.next();

        assertThat(after(Duration.ofMillis(20))).isEqualTo(2 * PassPace.FEWEST);
        assertThat(after(Duration.ofMillis(40))).isEqualTo(4 * PassPace.FEWEST);
        for (int batch = 0; batch < 10; batch++) {
            after(Duration.ZERO);
        }
        assertThat(after(Duration.ZERO)).isEqualTo(PassPace.MOST);
    }

    @Test
    void a_batch_that_others_can_wait_for_stays_as_it_is() {
        pace.next();
        int rows = after(Duration.ofMillis(1));

        assertThat(after(Duration.ofMillis(200))).isEqualTo(rows);
    }

    @Test
    void a_slow_batch_is_followed_by_one_of_half_as_many_down_to_the_fewest() {
        pace.next();
        after(Duration.ZERO);

        assertThat(after(Duration.ofSeconds(1))).isEqualTo(PassPace.FEWEST);
        assertThat(after(Duration.ofSeconds(1))).isEqualTo(PassPace.FEWEST);
    }
}
