package dev.korm.jdbc.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.spi.ChangeFeed;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class NotedChangesTest {
    @Test
    void many_commits_a_millisecond_are_looked_for_once() throws Exception {
        ChangeFeed.Position start = new ChangeFeed.Position("0");
        ChangeSignal signal = new ChangeSignal();
        AtomicInteger looks = new AtomicInteger();
        AtomicBoolean ended = new AtomicBoolean();
        Thread committing = new Thread(() -> {
            while (!ended.get()) {
                signal.tell();
            }
        });
        long begun = System.nanoTime();
        try (ChangeFeed feed = new NotedChanges(
                "main",
                start,
                behind -> {
                    looks.incrementAndGet();
                    return new ChangeNotes.Page(List.of(), behind);
                },
                signal)) {
            committing.start();
            assertThat(feed.next(Duration.ofMillis(100))).isEmpty();
        } finally {
            ended.set(true);
            committing.join();
        }
        long passed = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
        assertThat(looks.longValue()).isBetween(1L, passed + 2);
    }
}
