package dev.korm.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.gateway.wire.SharedText;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.websocket.api.Callback;
import org.junit.jupiter.api.Test;

/** Frames leave one after the other; a client that does not take them is kept few, and then told to begin anew. */
class OutboxTest {
    private final SentFrames wire = new SentFrames();
    private final List<String> sent = wire.sent;
    private final Deque<Callback> taken = wire.taken;
    private final AtomicInteger overflows = new AtomicInteger();

    private Outbox outbox(int frames, int bytes) {
        return new Outbox(wire, frames, bytes, new Traffic(), overflows::incrementAndGet);
    }

    @Test
    void one_frame_is_on_its_way_and_the_others_follow_in_order() {
        Outbox outbox = outbox(10, 100);
        for (String frame : List.of("a", "b", "c")) {
            outbox.send(frame);
        }
        assertThat(sent).containsExactly("a");
        taken.remove().succeed();
        taken.remove().succeed();
        taken.remove().succeed();
        assertThat(sent).containsExactly("a", "b+", "c");
        assertThat(outbox.isIdle()).isTrue();
        assertThat(overflows).hasValue(0);
    }

    @Test
    void what_is_followed_leaves_with_what_follows() {
        Outbox outbox = outbox(10, 100);
        outbox.sendAhead("a");
        taken.remove().succeed();
        outbox.send("b");
        outbox.sendAhead("c");
        taken.remove().succeed();
        assertThat(sent)
                .as("c was the last that waited, and nothing may follow")
                .containsExactly("a+", "b", "c");
        outbox.send("d");
        taken.remove().succeed();
        taken.remove().succeed();
        assertThat(outbox.isIdle()).isTrue();
    }

    @Test
    void what_is_not_followed_after_all_leaves_alone() {
        Outbox outbox = outbox(10, 100);
        outbox.flush();
        outbox.send("a");
        outbox.flush();
        taken.remove().succeed();
        outbox.flush();
        assertThat(sent).as("nothing was held").containsExactly("a");
        outbox.sendAhead("b");
        taken.remove().succeed();
        outbox.flush();
        outbox.send("c");
        assertThat(sent).containsExactly("a", "b+", "!");
        taken.remove().succeed();
        taken.remove().succeed();
        assertThat(sent).containsExactly("a", "b+", "!", "c");
        assertThat(outbox.isIdle()).isTrue();
    }

    @Test
    void what_is_not_followed_leaves_once_it_was_taken() {
        Outbox outbox = outbox(10, 100);
        outbox.sendAhead("a");
        outbox.flush();
        assertThat(sent).containsExactly("a+");
        taken.remove().succeed();
        assertThat(sent).containsExactly("a+", "!");
        taken.remove().succeed();
        outbox.sendAhead("b");
        outbox.flush();
        outbox.send("c");
        taken.remove().succeed();
        taken.remove().succeed();
        assertThat(sent).as("c takes b along").containsExactly("a+", "!", "b+", "c");
        assertThat(outbox.isIdle()).isTrue();
    }

    @Test
    void what_all_get_leaves_as_it_is_unless_something_waits_or_is_held() {
        Outbox outbox = outbox(10, 100);
        outbox.send(new SharedText("a"));
        outbox.send(new SharedText("b"));
        taken.remove().succeed();
        taken.remove().succeed();
        outbox.sendAhead("c");
        taken.remove().succeed();
        outbox.send(new SharedText("d"));
        taken.remove().succeed();
        outbox.send(new SharedText("e"));
        taken.remove().succeed();
        assertThat(sent).containsExactly("all: a", "b", "c+", "d", "all: e");
        assertThat(outbox.isIdle()).isTrue();
    }

    @Test
    void more_frames_than_the_limit_are_dropped_and_the_client_is_told() {
        Outbox outbox = outbox(3, 1_000_000);
        for (int frame = 0; frame < 50; frame++) {
            outbox.send("f" + frame);
        }
        while (!taken.isEmpty()) {
            taken.remove().succeed();
        }
        assertThat(overflows.get()).isPositive();
        assertThat(sent).hasSizeLessThanOrEqualTo(5).contains("f0");
        assertThat(sent.get(1)).contains("overflow", "reset-to-snapshot");
    }

    @Test
    void more_bytes_than_the_limit_are_dropped_and_one_frame_of_any_length_passes() {
        Outbox outbox = outbox(100, 10);
        String wide = "w".repeat(500);
        outbox.send(wide);
        outbox.send(wide);
        assertThat(overflows).hasValue(0);
        outbox.send("x");
        assertThat(overflows).hasValue(1);
        taken.remove().succeed();
        assertThat(sent).hasSize(2);
        assertThat(sent.get(1)).contains("overflow");
    }

    @Test
    void a_closed_one_keeps_nothing() {
        Outbox outbox = outbox(10, 100);
        outbox.send("a");
        outbox.send("b");
        outbox.close();
        outbox.send("c");
        taken.remove().succeed();
        assertThat(sent).containsExactly("a");
    }
}
