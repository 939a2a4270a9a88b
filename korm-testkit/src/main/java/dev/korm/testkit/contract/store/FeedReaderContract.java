package dev.korm.testkit.contract.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.live.PositionLostException;
import dev.korm.spi.ChangeFeed;
import dev.korm.spi.ChangeFeed.Position;
import dev.korm.spi.ChangeFeed.RowChange;
import dev.korm.spi.Layer;
import dev.korm.spi.feed.FeedReader;
import dev.korm.spi.feed.FeedReaderState;
import dev.korm.spi.feed.FeedReaders;
import dev.korm.spi.feed.FeedRetention;
import dev.korm.spi.feed.ReaderLostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The obligations of a layer that tells of changes towards readers whose places are kept. */
abstract class FeedReaderContract extends LayerWorld {
    private static final FeedRetention AT_ONCE = new FeedRetention(Duration.ZERO, Duration.ofDays(1));

    /** Does what a feed does now and then, at once. */
    protected void settle(Position position) {}

    private FeedReaders readers() {
        things().follow(THINGS);
        return FeedReaders.of(layer());
    }

    private FeedReaders sameStore() {
        return FeedReaders.of(isShared() ? another() : layer());
    }

    private static List<Integer> rest(FeedReader reader) {
        List<Integer> told = new ArrayList<>();
        try {
            Optional<RowChange> change = reader.next(Duration.ZERO);
            while (change.isPresent()) {
                told.add((int) (UUID.fromString(change.get().id()).getLeastSignificantBits() & 0xffff));
                change = reader.next(Duration.ZERO);
            }
        } catch (InterruptedException stop) {
            throw new AssertionError(stop);
        }
        return told;
    }

    /** Has everything that was noted become old. */
    private void age() {
        Layer layer = layer();
        settle(end());
        Instant later = layer.time().plusMillis(10);
        while (!layer.time().isAfter(later)) {
            Thread.onSpinWait();
        }
    }

    private Position end() {
        try (ChangeFeed feed = layer().changes(Optional.empty())) {
            return feed.position();
        }
    }

    private Optional<RowChange> next(Position from) {
        try (ChangeFeed feed = layer().changes(Optional.of(from))) {
            return feed.next(Duration.ZERO);
        } catch (InterruptedException stop) {
            throw new AssertionError(stop);
        }
    }

    @Test
    void a_reader_goes_on_behind_what_it_has_acknowledged() {
        FeedReaders readers = readers();
        applied(insert(1, "text", "before"));
        try (FeedReader reader = readers.open("index")) {
            assertThat(reader.isNew()).isTrue();
            applied(insert(2, "text", "a"));
            assertThat(rest(reader)).containsExactly(2);
            reader.acknowledge();
            applied(insert(3, "text", "b"));
            assertThat(rest(reader)).containsExactly(3);
        }
        applied(insert(4, "text", "c"));
        try (FeedReader again = sameStore().open("index")) {
            assertThat(again.isNew()).isFalse();
            assertThat(rest(again)).containsExactly(3, 4);
            again.acknowledge();
            again.acknowledge();
        }
        try (FeedReader again = readers.open("index")) {
            assertThat(rest(again)).isEmpty();
        }
    }

    @Test
    void what_a_reader_has_not_read_is_kept_and_what_all_have_read_is_not() {
        FeedReaders readers = readers();
        Position start = end();
        try (FeedReader slow = readers.open("slow");
                FeedReader quick = readers.open("quick")) {
            applied(insert(1, "text", "a"), insert(2, "text", "a"));
            applied(insert(3, "text", "b"));
            assertThat(rest(quick)).containsExactly(1, 2, 3);
            quick.acknowledge();
            age();
            readers.prune(AT_ONCE);
            assertThat(rest(slow)).containsExactly(1, 2, 3);
            slow.acknowledge();
            applied(insert(4, "text", "c"));
            age();
            readers.prune(AT_ONCE);
        }
        try (FeedReader slow = readers.open("slow")) {
            assertThat(rest(slow)).containsExactly(4);
        }
        assertThatThrownBy(() -> next(start)).isInstanceOf(PositionLostException.class);
    }

    @Test
    void what_is_young_is_kept_though_all_have_read_it() {
        FeedReaders readers = readers();
        Position start = end();
        applied(insert(1, "text", "a"));
        age();
        readers.prune(FeedRetention.DEFAULT);
        readers.prune(new FeedRetention(Duration.ofDays(1_000_000), Duration.ZERO));
        assertThat(next(start)).isPresent();
    }

    @Test
    void a_reader_that_was_away_for_too_long_is_told_and_begins_anew() {
        FeedReaders readers = readers();
        readers.open("index").close();
        applied(insert(1, "text", "a"));
        applied(insert(2, "text", "a"));
        age();
        readers.prune(AT_ONCE.withAbsence(Duration.ZERO));
        try (FeedReader reader = readers.open("index")) {
            assertThat(reader.isNew()).isFalse();
            assertThatThrownBy(() -> reader.next(Duration.ZERO)).isInstanceOf(PositionLostException.class);
            reader.restart(end());
            applied(insert(3, "text", "b"));
            assertThat(rest(reader)).containsExactly(3);
        }
        try (FeedReader reader = readers.open("index")) {
            assertThat(rest(reader)).containsExactly(3);
        }
    }

    @Test
    void one_at_a_time_reads_under_a_name() {
        FeedReaders readers = readers();
        try (FeedReader first = readers.open("index");
                FeedReader second = sameStore().open("index")) {
            applied(insert(1, "text", "a"));
            assertThat(rest(first)).containsExactly(1);
            assertThatThrownBy(first::acknowledge)
                    .isInstanceOf(ReaderLostException.class)
                    .hasMessageContaining("index")
                    .hasMessageContaining("main");
            assertThat(rest(second)).containsExactly(1);
            second.acknowledge();
            assertThatThrownBy(() -> first.restart(end())).isInstanceOf(ReaderLostException.class);
            assertThat(readers.forget("index")).isTrue();
            assertThat(readers.forget("index")).isFalse();
            assertThatThrownBy(() -> second.restart(end())).isInstanceOf(ReaderLostException.class);
        }
    }

    @Test
    void readers_are_listed_until_they_are_forgotten() {
        FeedReaders readers = readers();
        assertThat(readers.list()).isEmpty();
        assertThat(readers.forget("b")).isFalse();
        readers.open("b").close();
        readers.open("a").close();
        readers.open("B").close();
        assertThat(readers.list()).extracting(FeedReaderState::name).containsExactly("B", "a", "b");
        readers.forget("a");
        applied(insert(1, "text", "a"));
        try (FeedReader anew = readers.open("a")) {
            assertThat(anew.isNew()).isTrue();
        }
        assertThatThrownBy(() -> readers.open(" ")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> readers.open("x".repeat(201))).isInstanceOf(IllegalArgumentException.class);
    }
}
