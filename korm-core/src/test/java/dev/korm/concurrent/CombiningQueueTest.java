package dev.korm.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who gets the turn, also when those who have it fail. */
@Timeout(60)
class CombiningQueueTest {
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(30);

    /** What is done to a group of names: each is noted with the size of its group. */
    private static class Noting implements CombiningQueue.Worker<String> {
        final List<String> done = Collections.synchronizedList(new ArrayList<>());
        final List<String> settled = Collections.synchronizedList(new ArrayList<>());

        @Override
        public void work(List<String> group) {
            group.forEach(name -> done.add(name + " of " + group.size()));
        }

        @Override
        public void settle(List<String> left) {
            settled.addAll(left);
        }

        @Override
        public boolean isDecided(String name) {
            return done.stream().anyMatch(each -> each.startsWith(name + " "));
        }
    }

    private static Thread start(List<Thread> threads, Runnable work) {
        Thread thread = new Thread(work);
        threads.add(thread);
        thread.start();
        return thread;
    }

    private static void waitFor(CombiningQueue<?> turn, int waiting) {
        while (turn.waiting() < waiting) {
            Thread.onSpinWait();
        }
    }

    private static void joinAll(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static void end(CombiningQueue<?> turn, CombiningQueue.Grant grant) {
        grant.over = true;
        turn.passOn(grant);
    }

    @Test
    void what_waits_is_done_in_groups_up_to_who_wants_the_turn_for_himself() throws Exception {
        Noting worker = new Noting();
        CombiningQueue<String> turn = new CombiningQueue<>(worker);
        CombiningQueue.Grant first = Objects.requireNonNull(turn.acquire(PATIENCE));
        List<Thread> threads = new ArrayList<>();
        for (String name : List.of("a", "b")) {
            start(threads, () -> turn.work(name, PATIENCE));
            waitFor(turn, threads.size());
        }
        start(threads, () -> {
            CombiningQueue.Grant own = Objects.requireNonNull(turn.acquire(PATIENCE));
            worker.done.add("own");
            end(turn, own);
        });
        waitFor(turn, 3);
        end(turn, first);
        joinAll(threads);
        assertThat(worker.done).containsExactly("a of 2", "b of 2", "own");
        assertThat(turn.waiting()).isZero();
    }

    @Test
    void an_error_of_the_thread_that_works_for_others_is_its_own_and_loses_no_turn() throws Exception {
        AtomicInteger failing = new AtomicInteger();
        Noting worker = new Noting() {
            @Override
            public void work(List<String> group) {
                if (group.size() > 1 && failing.getAndIncrement() == 0) {
                    throw new StackOverflowError("because the test says so");
                }
                super.work(group);
            }
        };
        CombiningQueue<String> turn = new CombiningQueue<>(worker);
        CombiningQueue.Grant first = Objects.requireNonNull(turn.acquire(PATIENCE));
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        List<String> names = List.of("a", "b", "c", "d", "e");
        for (String name : names) {
            start(threads, () -> {
                Throwable failure = catchThrowable(() -> turn.work(name, PATIENCE));
                if (failure != null) {
                    failures.add(failure);
                    worker.done.add(name + " failed");
                }
            });
            waitFor(turn, threads.size());
        }
        end(turn, first);
        joinAll(threads);
        assertThat(failures).singleElement().isInstanceOf(StackOverflowError.class);
        assertThat(worker.settled).as("what the failed thread left").containsExactlyElementsOf(names);
        assertThat(worker.done).hasSize(5);
        assertThat(worker.done).filteredOn(each -> each.endsWith(" failed")).hasSize(1);
        assertThat(worker.done).filteredOn(each -> each.endsWith(" of 1")).hasSize(4);
        assertThat(turn.work("later", PATIENCE)).isTrue();
    }

    @Test
    void what_a_group_leaves_undecided_is_done_by_each_thread_alone() throws Exception {
        Noting worker = new Noting() {
            @Override
            public void work(List<String> group) {
                if (group.size() == 1) {
                    done.add(group.get(0) + " by " + Thread.currentThread().getName());
                }
            }
        };
        CombiningQueue<String> turn = new CombiningQueue<>(worker);
        CombiningQueue.Grant first = Objects.requireNonNull(turn.acquire(PATIENCE));
        List<Thread> threads = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            start(threads, () -> {
                Thread.currentThread().setName("thread " + name);
                turn.work(name, PATIENCE);
            });
            waitFor(turn, threads.size());
        }
        end(turn, first);
        joinAll(threads);
        assertThat(worker.done).containsExactlyInAnyOrder("a by thread a", "b by thread b", "c by thread c");
        assertThat(worker.settled).isEmpty();
    }

    @Test
    void a_turn_that_was_ended_without_waking_anybody_is_found() throws Exception {
        Noting worker = new Noting();
        CombiningQueue<String> turn = new CombiningQueue<>(worker);
        CombiningQueue.Grant first = Objects.requireNonNull(turn.acquire(PATIENCE));
        List<Thread> threads = new ArrayList<>();
        start(threads, () -> turn.work("a", PATIENCE));
        waitFor(turn, 1);
        first.over = true;
        joinAll(threads);
        assertThat(worker.done).containsExactly("a of 1");
    }

    @Test
    void who_waits_too_long_leaves_no_trace() {
        Noting worker = new Noting();
        CombiningQueue<String> turn = new CombiningQueue<>(worker);
        CombiningQueue.Grant first = Objects.requireNonNull(turn.acquire(PATIENCE));
        assertThat(turn.work("a", 1)).isFalse();
        assertThat(turn.acquire(1)).isNull();
        end(turn, first);
        assertThat(turn.work("b", PATIENCE)).isTrue();
        assertThat(worker.done).containsExactly("b of 1");
        assertThat(turn.waiting()).isZero();
    }
}
