package dev.korm.engine.depot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.korm.FileBusyException;
import dev.korm.OperationInterruptedException;
import dev.korm.Rn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FileLocksTest {
    private static final Rn<?> A = Rn.file("files", "a");
    private static final Rn<?> B = Rn.file("files", "b");
    private static final FileUse TEST = FileUse.of("a test");

    private final FileLocks locks = new FileLocks(Duration.ofSeconds(30));
    private final FileLocks impatient = new FileLocks(Duration.ofMillis(20));

    /** Starts a thread that works with a file, and waits until it waits for it. */
    private Thread waiting(FileLocks asked, Rn<?> file, Runnable work) {
        Thread thread = new Thread(() -> {
            try {
                asked.holding(file, FileUse.of("a waiter"), () -> {
                    work.run();
                    return file;
                });
            } catch (OperationInterruptedException stopped) {
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
            }
        });
        thread.start();
        while (thread.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        return thread;
    }

    @Test
    void nobody_waits_for_another_file() {
        List<Rn<?>> many = new ArrayList<>();
        IntStream.range(0, 5_000).forEach(i -> many.add(Rn.file("files", "many", "" + i)));
        FileLocks.Holding held = impatient.hold(many, TEST);

        for (int i = 0; i < 5_000; i++) {
            Rn<?> other = Rn.file("files", "other", "" + i);
            assertThat(impatient.holding(other, TEST, () -> other)).isEqualTo(other);
        }

        assertThatExceptionOfType(FileBusyException.class)
                .isThrownBy(() -> impatient.hold(List.of(B, many.get(17)), TEST));
        held.close();
        impatient.hold(List.of(B, many.get(17)), TEST).close();
    }

    @Test
    void other_mods_than_the_depot_make_no_other_file() {
        FileLocks.Holding held = impatient.hold(List.of(A, A), TEST);

        assertThatExceptionOfType(FileBusyException.class)
                .isThrownBy(() -> impatient.hold(List.of(Rn.parse("[rn][tag::x][depot::files]:a")), TEST));

        held.close();
    }

    @Test
    void those_who_wait_get_the_file_in_the_order_in_which_they_came() throws InterruptedException {
        FileLocks.Holding held = locks.hold(List.of(A), TEST);
        List<Integer> order = new CopyOnWriteArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int number = i;
            threads.add(waiting(locks, A, () -> order.add(number)));
        }
        Thread givesUp = threads.get(2);
        givesUp.interrupt();
        givesUp.join();

        held.close();

        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(order).containsExactly(0, 1, 3, 4);
    }

    @Test
    void who_waits_too_long_is_told_for_whom_and_leaves_the_others_in_order() throws InterruptedException {
        FileLocks.Holding held = impatient.hold(List.of(A), FileUse.of("a change of", Rn.collection("cars", "suv")));

        Throwable busy = catchThrowable(() -> impatient.hold(List.of(A, B), FileUse.of("a second change")));

        assertThat(busy)
                .isInstanceOf(FileBusyException.class)
                .hasMessageContaining("[rn]:cars:suv:*")
                .hasMessageContaining(Thread.currentThread().getName())
                .hasMessageContaining(A.toString());
        impatient.hold(List.of(B), TEST).close();
        held.close();
        impatient.hold(List.of(A, B), TEST).close();
    }

    @Test
    void who_is_interrupted_keeps_the_flag_and_holds_nothing() throws InterruptedException {
        FileLocks.Holding held = locks.hold(List.of(B), TEST);
        List<Object> seen = new CopyOnWriteArrayList<>();
        Thread thread = new Thread(() -> {
            seen.add(catchThrowable(() -> locks.hold(List.of(A, B), TEST)));
            seen.add(Thread.currentThread().isInterrupted());
        });
        thread.start();
        while (thread.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }

        thread.interrupt();
        thread.join();

        assertThat(seen.get(0)).isInstanceOf(OperationInterruptedException.class);
        assertThat(seen.get(1)).isEqualTo(true);
        locks.hold(List.of(A), TEST).close();
        held.close();
    }

    @Test
    void a_watch_sees_what_was_held_and_is_waited_for_since_it_began() throws InterruptedException {
        FileLocks.Holding before = locks.hold(List.of(A), TEST);
        try (FileLocks.Watch watch = locks.watch()) {
            before.close();
            Rn<?> c = Rn.file("files", "c");
            locks.hold(List.of(B), TEST).close();

            assertThat(watch.holdingUntouched(A, TEST, () -> A)).isEmpty();
            assertThat(watch.holdingUntouched(B, TEST, () -> B)).isEmpty();
            assertThat(watch.holdingUntouched(
                            c, TEST, () -> locks.holdingFree(c, TEST, () -> c).isPresent()))
                    .contains(false);
            assertThat(locks.holdingFree(c, TEST, () -> c)).isPresent();
            assertThat(watch.holdingUntouched(c, TEST, () -> c)).isPresent();
        }
    }
}
