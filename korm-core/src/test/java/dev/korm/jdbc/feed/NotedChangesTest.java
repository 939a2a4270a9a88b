package dev.korm.jdbc.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.spi.ChangeFeed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
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
                    return new ChangeNotes.Page(List.of(), behind, true);
                },
                signal,
                time -> {})) {
            committing.start();
            assertThat(feed.next(Duration.ofMillis(100))).isEmpty();
        } finally {
            ended.set(true);
            committing.join();
        }
        long passed = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
        assertThat(looks.longValue()).isBetween(1L, passed + 2);
    }

    /** A feed that finds so many changes by each look, up to the end of what is there. */
    private static ChangeFeed finding(int many, List<Duration> untold) {
        AtomicInteger number = new AtomicInteger();
        return new NotedChanges(
                "main",
                new ChangeFeed.Position("0"),
                behind -> {
                    List<ChangeFeed.RowChange> found = new ArrayList<>();
                    for (int i = 0; i < many; i++) {
                        ChangeFeed.Position at = new ChangeFeed.Position(Integer.toString(number.incrementAndGet()));
                        found.add(ChangeNotes.change(
                                "__items__cars__suv",
                                "a",
                                ChangeNotes.Kinds.UPDATED,
                                OptionalLong.of(1),
                                Optional.empty(),
                                at));
                    }
                    return new ChangeNotes.Page(
                            found, new ChangeFeed.Position(Integer.toString(number.get())), number.get() % 6 == 0);
                },
                new ChangeSignal(),
                untold::add);
    }

    @Test
    void what_is_there_is_taken_though_others_go_on_committing() throws Exception {
        try (ChangeFeed feed = finding(2, new ArrayList<>())) {
            assertThat(feed.take(Duration.ofSeconds(20), 1000))
                    .as("three pages, of which the last has all")
                    .hasSize(6);
            assertThat(feed.position().text()).isEqualTo("6");
            assertThat(feed.next(Duration.ZERO).orElseThrow().position().text()).isEqualTo("7");
            assertThat(feed.take(Duration.ZERO, 1000))
                    .as("what was read, and what has come since")
                    .hasSize(5);
            assertThat(feed.take(Duration.ZERO, 3))
                    .as("no more pages than are needed")
                    .hasSize(4);
        }
    }

    @Test
    void the_database_is_asked_to_tell_nobody_while_each_look_finds_very_many() throws Exception {
        List<Duration> untold = new ArrayList<>();
        try (ChangeFeed feed = finding(60, untold)) {
            for (int tries = 0; untold.isEmpty() && tries < 100; tries++) {
                assertThat(feed.take(Duration.ofSeconds(20), 1000)).hasSize(60);
            }
        }
        assertThat(untold).containsExactly(NotedChanges.UNTOLD);
    }

    @Test
    void the_database_tells_of_single_commits() throws Exception {
        List<Duration> untold = new ArrayList<>();
        try (ChangeFeed feed = finding(1, untold)) {
            for (int i = 0; i < 30; i++) {
                feed.next(Duration.ofSeconds(20));
            }
        }
        assertThat(untold).isEmpty();
    }
}
