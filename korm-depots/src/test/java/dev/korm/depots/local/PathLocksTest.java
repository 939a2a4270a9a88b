package dev.korm.depots.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.korm.spi.environment.Environment;
import dev.korm.testkit.fault.OtherProcess;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PathLocksTest {
    private static final List<String> A = List.of("a");
    private static final List<String> B = List.of("b");

    @TempDir
    Path folder;

    private PathLocks open() throws IOException {
        Environment environment = Environment.system();
        return PathLocks.open(folder.resolve("locks"), new PathLocks.Clock(environment::nanoTime, environment::sleep));
    }

    /** The other program: takes a lock, says so, and holds it until it is told to go on. */
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) throws IOException {
            Environment environment = Environment.system();
            try (PathLocks locks = PathLocks.open(
                            Path.of(arguments[0]), new PathLocks.Clock(environment::nanoTime, environment::sleep));
                    PathLocks.Held held = locks.lock(List.of(A))) {
                System.out.println("held " + locks.amongPrograms());
                System.in.read();
                assertThat(held).isNotNull();
            }
            System.out.println("free");
        }
    }

    private OtherProcess other() throws IOException {
        return OtherProcess.start(
                Program.class,
                List.of("-Xmx64m"),
                List.of(folder.resolve("locks").toString()));
    }

    @Test
    @SuppressWarnings("try") // The locks are only held.
    void another_program_waits_for_its_turn() throws Exception {
        try (PathLocks locks = open();
                OtherProcess other = other()) {
            assertThat(other.answer("held ")).isEqualTo("true");
            try (PathLocks.Held unrelated = locks.lock(List.of(B))) {
                assertThat(unrelated).isNotNull();
            }
            AtomicInteger pauses = new AtomicInteger();
            try (PathLocks waiting =
                            PathLocks.open(folder.resolve("locks"), new PathLocks.Clock(System::nanoTime, duration -> {
                                if (pauses.incrementAndGet() == 3) {
                                    tell(other);
                                }
                                Thread.sleep(duration.toMillis());
                            }));
                    PathLocks.Held held = waiting.lock(List.of(A))) {
                assertThat(pauses).hasValueGreaterThanOrEqualTo(3);
                assertThat(held).isNotNull();
            }
            other.await("free");
        }
    }

    private static void tell(OtherProcess other) {
        try {
            other.tell("go on");
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }

    @Test
    @SuppressWarnings("try") // The locks are only held.
    void what_a_killed_program_held_is_free() throws Exception {
        try (PathLocks locks = open();
                OtherProcess other = other()) {
            other.answer("held ");
            other.kill();

            try (PathLocks.Held held = locks.lock(List.of(A))) {
                assertThat(held).isNotNull();
            }
        }
    }

    @Test
    void waiting_for_another_program_has_a_limit() throws Exception {
        AtomicLong now = new AtomicLong();
        PathLocks.Clock clock = new PathLocks.Clock(now::get, duration -> now.addAndGet(duration.toNanos()));
        try (PathLocks locks = PathLocks.open(folder.resolve("locks"), clock);
                OtherProcess other = other()) {
            other.answer("held ");

            assertThatExceptionOfType(PathLocks.BusyException.class).isThrownBy(() -> locks.lock(List.of(B, A)));

            assertThat(Duration.ofNanos(now.get())).isGreaterThanOrEqualTo(PathLocks.LIMIT);
            locks.lock(List.of(B)).close();
            tell(other);
            other.await("free");
        }
    }

    @Test
    void an_interrupt_ends_the_waiting_and_takes_nobodys_lock() throws Exception {
        try (PathLocks locks = open();
                OtherProcess other = other()) {
            other.answer("held ");
            try (PathLocks.Held held = locks.lock(List.of(B))) {
                Thread.currentThread().interrupt();
                assertThatExceptionOfType(InterruptedIOException.class).isThrownBy(() -> locks.lock(List.of(A)));
                assertThat(Thread.interrupted()).isTrue();
                assertThat(held).isNotNull();
            }
            // An interrupt in the channel would have closed it, and with it every lock of the process.
            locks.lock(List.of(B)).close();
            tell(other);
            other.await("free");
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void an_interrupt_ends_the_waiting_for_another_thread() throws Exception {
        try (PathLocks locks = open();
                PathLocks.Held held = locks.lock(List.of(A))) {
            CountDownLatch ended = new CountDownLatch(1);
            AtomicInteger told = new AtomicInteger();
            Thread waiting = new Thread(() -> {
                try {
                    locks.lock(List.of(A)).close();
                } catch (InterruptedIOException interrupted) {
                    told.set(Thread.currentThread().isInterrupted() ? 1 : 2);
                } catch (IOException failed) {
                    told.set(3);
                }
                ended.countDown();
            });
            waiting.start();
            waiting.interrupt();
            ended.await();

            assertThat(told).hasValue(1);
            assertThat(held).isNotNull();
        }
    }

    @Test
    void two_depots_of_one_process_share_the_locks_of_a_folder() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(6);
        try (PathLocks one = open();
                PathLocks two = open()) {
            List<Integer> inside = java.util.Collections.synchronizedList(new ArrayList<>());
            AtomicInteger most = new AtomicInteger();
            AtomicInteger now = new AtomicInteger();
            List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < 6; thread++) {
                PathLocks locks = thread % 2 == 0 ? one : two;
                Random random = new Random(thread);
                all.add(threads.submit(() -> {
                    for (int round = 0; round < 300; round++) {
                        List<List<String>> places = random.nextBoolean() ? List.of(A, B) : List.of(B, A);
                        try (PathLocks.Held held = locks.lock(places)) {
                            most.accumulateAndGet(now.incrementAndGet(), Math::max);
                            inside.add(round);
                            now.decrementAndGet();
                            assertThat(held).isNotNull();
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> done : all) {
                done.get();
            }

            assertThat(most).hasValue(1);
            assertThat(inside).hasSize(1800);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void closing_takes_no_lock_from_who_holds_it() throws Exception {
        PathLocks locks = open();
        PathLocks.Held held = locks.lock(List.of(A));

        locks.close();
        locks.close();

        assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(() -> locks.lock(List.of(B)));
        AtomicLong now = new AtomicLong();
        try (OtherProcess other = other()) {
            try (PathLocks again = PathLocks.open(
                    folder.resolve("locks"),
                    new PathLocks.Clock(now::get, duration -> now.addAndGet(duration.toNanos())))) {
                again.lock(List.of(B)).close();
            }
            held.close();
            assertThat(other.answer("held ")).isEqualTo("true");
            tell(other);
            other.await("free");
        }
    }
}
