package dev.korm.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.junit.jupiter.api.Test;

/** Frames leave one after the other; a client that does not take them is kept few, and then told to begin anew. */
class OutboxTest {
    private final List<String> sent = new ArrayList<>();
    private final Deque<Callback> taken = new ArrayDeque<>();
    private final AtomicInteger overflows = new AtomicInteger();

    private Outbox outbox(int frames, int bytes) {
        Session session = (Session) Proxy.newProxyInstance(
                OutboxTest.class.getClassLoader(), new Class<?>[] {Session.class}, (proxy, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("sendText");
                    sent.add((String) arguments[0]);
                    taken.add((Callback) arguments[1]);
                    return null;
                });
        return new Outbox(session, frames, bytes, new Traffic(), overflows::incrementAndGet);
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
        assertThat(sent).containsExactly("a", "b", "c");
        assertThat(outbox.isIdle()).isTrue();
        assertThat(overflows).hasValue(0);
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
