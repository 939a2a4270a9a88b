package dev.korm.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.KormException;
import dev.korm.gateway.live.RowEvent;
import dev.korm.gateway.live.Subscriber;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a follower tells: each change once, in order, and its rows anew where one is missing. */
class FollowerTest {
    private final List<String> told = new ArrayList<>();
    private final Follower follower = new Follower(new Subscriber() {
        @Override
        public void snapshot(long version, List<Row> rows) {
            told.add("rows " + version);
        }

        @Override
        public void change(long version, RowEvent event) {
            told.add("change " + version + (event.isFollowed() ? "+" : ""));
        }

        @Override
        public void interrupted() {
            told.add("no more");
        }

        @Override
        public void page(long version, byte[] diff) {
            told.add("page " + version);
        }

        @Override
        public void failed(KormException failure) {
            told.add("failed");
        }
    });

    private static Change change(long lsn, long before) {
        return new Change("a_t|h", lsn, Optional.of(before), false, Optional.of("{}"), new byte[0]);
    }

    private static Change page(long lsn) {
        return new Change("a_t|h", lsn, Optional.empty(), false, Optional.empty(), new byte[0]);
    }

    @Test
    void changes_that_come_before_the_rows_wait_for_them() {
        assertThat(follower.hear(List.of(change(11, 10)))).isFalse();
        assertThat(follower.hear(List.of(change(9, 8)))).isFalse();
        assertThat(told).isEmpty();
        assertThat(follower.rows(10, List.of(), List.of(page(10), page(12)))).isFalse();
        assertThat(follower.hear(List.of(page(12)))).isFalse();
        assertThat(follower.hear(List.of(change(13, 11))))
                .as("12 came from elsewhere")
                .isFalse();
        assertThat(told).containsExactly("rows 10", "change 11+", "page 12", "no more", "change 13");
    }

    @Test
    void a_change_before_which_another_is_missing_lets_the_rows_be_read_anew() {
        follower.rows(10, List.of(), List.of());
        assertThat(follower.hear(List.of(change(13, 12)))).isTrue();
        assertThat(follower.hear(List.of(change(14, 13)))).as("it waits").isFalse();
        assertThat(follower.rows(13, List.of(), List.of())).isFalse();
        assertThat(told).containsExactly("rows 10", "rows 13", "change 14", "no more");
    }

    @Test
    void rows_that_are_older_than_what_was_missed_are_read_once_more() {
        follower.rows(10, List.of(), List.of());
        assertThat(follower.hear(List.of(change(13, 12)))).isTrue();
        assertThat(follower.rows(11, List.of(), List.of())).isTrue();
        assertThat(follower.rows(13, List.of(), List.of())).isFalse();
        assertThat(told).containsExactly("rows 10", "rows 11", "rows 13");
    }

    @Test
    void a_record_that_says_so_lets_the_rows_be_read_anew_where_they_are_older() {
        follower.rows(10, List.of(), List.of());
        Change reset = new Change("a_t|h", 12, Optional.empty(), true, Optional.of("{}"), new byte[0]);
        assertThat(follower.hear(List.of(reset))).isTrue();
        assertThat(follower.rows(12, List.of(), List.of())).isFalse();
        assertThat(follower.hear(List.of(reset))).isFalse();
        assertThat(told).containsExactly("rows 10", "rows 12");
    }

    @Test
    void too_many_changes_while_the_rows_are_read_let_them_be_read_once_more() {
        for (long lsn = 1; lsn <= 10_001; lsn++) {
            follower.hear(List.of(change(lsn, lsn - 1)));
        }
        assertThat(follower.rows(0, List.of(), List.of())).isTrue();
        assertThat(told).isEmpty();
        assertThat(follower.rows(10_001, List.of(), List.of())).isFalse();
        assertThat(told).containsExactly("rows 10001");
    }

    @Test
    void changes_that_come_together_are_told_together() {
        follower.rows(10, List.of(), List.of());
        assertThat(follower.hear(List.of(change(11, 10), change(12, 11), change(13, 12))))
                .isFalse();
        assertThat(told).containsExactly("rows 10", "change 11+", "change 12+", "change 13", "no more");
    }

    @Test
    void what_was_told_leaves_where_a_change_behind_it_is_none_to_be_told() {
        follower.rows(10, List.of(), List.of());
        assertThat(follower.hear(List.of(change(11, 10), change(13, 12)))).isTrue();
        assertThat(told).containsExactly("rows 10", "change 11+", "no more");
    }

    @Test
    void one_that_has_ended_is_told_nothing() {
        follower.end();
        assertThat(follower.rows(10, List.of(), List.of())).isFalse();
        assertThat(follower.hear(List.of(change(11, 10)))).isFalse();
        assertThat(told).isEmpty();
    }
}
