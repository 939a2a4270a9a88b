package dev.korm.gateway.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.KormException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many subscribers are told by several threads, each of them once and in the order of what there is to tell. */
@Timeout(60)
class FanOutTest {
    private static final int MANY = 4 * FanOut.CHUNK + 7;

    private final List<Count> all = Stream.generate(Count::new).limit(MANY).toList();

    /** Counts what it is told, by whichever thread, and without a lock. */
    private static final class Count implements Subscriber {
        private long told;

        @Override
        public void snapshot(long version, List<Row> rows) {}

        @Override
        public void change(long version, RowEvent event) {
            assertThat(version).isEqualTo(told + 1);
            told = version;
        }

        @Override
        public void page(long version, byte[] diff) {}

        @Override
        public void failed(KormException failure) {}
    }

    @Test
    void each_is_told_once_and_in_order() {
        RowEvent event = RowEvent.made("{}", false);
        try (FanOut fanOut = new FanOut(3)) {
            for (long version = 1; version <= 500; version++) {
                long now = version;
                fanOut.tell(List.copyOf(all), subscriber -> subscriber.change(now, event));
            }
        }
        assertThat(all).allMatch(each -> each.told == 500);
    }

    @Test
    void several_threads_tell_and_the_caller_returns_when_all_are_told() throws InterruptedException {
        CountDownLatch met = new CountDownLatch(1);
        CountDownLatch rest = new CountDownLatch(1);
        AtomicInteger told = new AtomicInteger();
        Thread caller = new Thread(() -> {
            try (FanOut fanOut = new FanOut(1)) {
                fanOut.tell(List.copyOf(all), subscriber -> {
                    if (subscriber == all.get(0)) {
                        await(met);
                    } else if (told.incrementAndGet() == MANY - FanOut.CHUNK) {
                        rest.countDown();
                    }
                });
            }
        });
        caller.start();
        // Another thread tells the rest while one waits in the first chunk; and that chunk is still missing.
        assertThat(rest.await(30, TimeUnit.SECONDS)).isTrue();
        caller.join(100);
        assertThat(caller.isAlive()).isTrue();
        met.countDown();
        caller.join();
        assertThat(told.get()).isEqualTo(MANY - 1);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException stopped) {
            throw new AssertionError(stopped);
        }
    }

    @Test
    void one_that_fails_is_told_of_and_others_hear_all_the_same() {
        AtomicInteger told = new AtomicInteger();
        try (FanOut fanOut = new FanOut(2)) {
            assertThatThrownBy(() -> fanOut.tell(List.copyOf(all), subscriber -> {
                        told.incrementAndGet();
                        if (subscriber == all.get(0)) {
                            throw new IllegalStateException("first");
                        }
                    }))
                    .hasMessage("first");
        }
        assertThat(told.get()).isEqualTo(MANY);
    }

    @Test
    void after_the_end_the_caller_tells_all_by_itself() {
        FanOut fanOut = new FanOut(2);
        fanOut.close();
        AtomicInteger told = new AtomicInteger();
        fanOut.tell(List.copyOf(all), subscriber -> told.incrementAndGet());
        assertThat(told.get()).isEqualTo(MANY);
    }
}
