package dev.korm.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.gateway.live.RowEvent;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a client is told of one subscription has versions that strictly increase, whatever comes and in whatever order. */
class SubscribedTest {
    private static final byte[] DIFF = {1};

    private final SentFrames wire = new SentFrames();
    private final Subscribed subscribed =
            new Subscribed("h", new Outbox(wire, 100, 10_000, new Traffic(), () -> {}), 1_000);

    private List<String> takenFrames() {
        while (!wire.taken.isEmpty()) {
            wire.taken.remove().succeed();
        }
        List<String> frames = List.copyOf(wire.sent);
        wire.sent.clear();
        return frames;
    }

    private void change(long version) {
        subscribed.change(version, RowEvent.made("{}", false));
    }

    @Test
    void nothing_is_told_before_the_snapshot() {
        change(7);
        subscribed.page(8, DIFF);
        assertThat(takenFrames()).isEmpty();
    }

    @Test
    void a_change_that_the_snapshot_has_is_not_told() {
        subscribed.snapshot(7, List.of());
        takenFrames();
        change(6);
        change(7);
        subscribed.page(7, DIFF);
        assertThat(takenFrames()).isEmpty();
        change(8);
        assertThat(takenFrames()).singleElement().asString().contains("\"version\":8");
    }

    @Test
    void a_change_that_comes_again_is_told_once() {
        subscribed.snapshot(7, List.of());
        takenFrames();
        change(9);
        change(9);
        change(8);
        subscribed.page(9, DIFF);
        assertThat(takenFrames()).singleElement().asString().contains("\"version\":9");
        subscribed.page(10, DIFF);
        assertThat(takenFrames()).containsExactly("binary");
    }

    @Test
    void nothing_is_told_after_its_end() {
        subscribed.snapshot(7, List.of());
        takenFrames();
        subscribed.end();
        change(8);
        subscribed.snapshot(9, List.of());
        assertThat(takenFrames()).isEmpty();
    }
}
