package dev.korm.kalam.live;

import static dev.korm.kalam.Polling.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** The place of what was dropped among what was not. */
class EventQueueTest {
    private static LiveEvent event() {
        return new LiveEvent.Inserted(List.of());
    }

    @Test
    void a_gap_stands_where_events_were_dropped() {
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try {
            List<Class<?>> handled = new CopyOnWriteArrayList<>();
            EventQueue queue =
                    new EventQueue(2, executor, 0, batch -> batch.forEach(event -> handled.add(event.getClass())));
            queue.offer(event());
            queue.offer(event());
            queue.offer(event());
            queue.request(1);
            await().until(() -> handled.size() == 1);
            queue.offer(new LiveEvent.Deleted(List.of()));
            queue.request(10);
            await().until(() -> handled.contains(LiveEvent.Deleted.class));
            assertThat(handled)
                    .containsExactly(
                            LiveEvent.Inserted.class,
                            LiveEvent.Inserted.class,
                            LiveEvent.Gap.class,
                            LiveEvent.Deleted.class);
        } finally {
            executor.shutdownNow();
        }
    }
}
