package dev.korm.engine.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.korm.OperationInterruptedException;
import dev.korm.event.PoolListener;
import dev.korm.spi.environment.Environment;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ParallelTest {
    private final Parallel parallel =
            new Parallel(Environment.system(), 1, new PoolEvents(List.of(), Environment.system()));

    @AfterEach
    void close() {
        parallel.close();
    }

    @Test
    void answers_come_in_the_order_of_the_questions_and_the_first_failure_counts() {
        assertThat(parallel.all(List.<Supplier<Integer>>of(() -> 1, () -> 2, () -> 3)))
                .containsExactly(1, 2, 3);
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> parallel.all(List.<Supplier<Integer>>of(
                        () -> 1,
                        () -> {
                            throw new IllegalStateException("first");
                        },
                        () -> {
                            throw new IllegalArgumentException("second");
                        })))
                .withMessage("first")
                .satisfies(failed -> assertThat(failed.getSuppressed()).hasSize(1));
    }

    @Test
    void tasks_may_all_fail_with_one_exception() {
        IllegalStateException shared = new IllegalStateException("shared");
        Supplier<Integer> failing = () -> {
            throw shared;
        };
        assertThat(catchThrowable(() -> parallel.all(List.of(failing, failing, failing))))
                .isSameAs(shared)
                .hasNoSuppressedExceptions();
    }

    @Test
    void who_is_interrupted_while_it_waits_is_told_so_and_the_others_are_told_to_end() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        Supplier<Integer> endless = () -> {
            asked.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException told) {
                ended.countDown();
            }
            return 1;
        };
        Supplier<Integer> own = () -> {
            await(asked);
            return 0;
        };
        List<Object> seen = new CopyOnWriteArrayList<>();
        Thread asking = new Thread(() -> {
            seen.add(catchThrowable(() -> parallel.all(List.of(own, endless))));
            seen.add(Thread.currentThread().isInterrupted());
        });
        asking.start();
        asked.await();

        asking.interrupt();
        asking.join();
        ended.await();

        assertThat(seen.get(0)).isInstanceOf(OperationInterruptedException.class);
        assertThat(seen.get(1)).isEqualTo(true);
    }

    private static void await(CountDownLatch event) {
        try {
            event.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void what_another_thread_does_is_told_of_as_a_part_of_what_the_asking_one_does() {
        ThreadLocal<String> current = new ThreadLocal<>();
        PoolListener following = new PoolListener() {
            @Override
            public <T extends @Nullable Object> Supplier<T> carried(Supplier<T> work) {
                String here = current.get();
                return () -> {
                    current.set(here);
                    return work.get();
                };
            }
        };
        CountDownLatch both = new CountDownLatch(2);
        Supplier<List<Object>> task = () -> {
            both.countDown();
            await(both);
            return List.of(Thread.currentThread(), current.get());
        };
        current.set("call");
        try (Parallel told =
                new Parallel(Environment.system(), 1, new PoolEvents(List.of(following), Environment.system()))) {
            List<List<Object>> seen = told.all(List.of(task, task));
            assertThat(seen).extracting(each -> each.get(1)).containsExactly("call", "call");
            assertThat(seen.get(0).get(0)).isNotEqualTo(seen.get(1).get(0));
        }
    }
}
