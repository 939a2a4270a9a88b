package dev.korm.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ThreadsAtOnceTest {
    private final ThreadsAtOnce threads = new ThreadsAtOnce();
    private final CountDownLatch released = new CountDownLatch(1);
    private volatile boolean inside;
    private volatile boolean begun;

    /** Lets go on what waits, after it was seen to. */
    private Thread releaseAfterLooks(int looks) {
        Thread releaser = new Thread(() -> {
            int before = threads.looks();
            while (!begun && threads.looks() < before + looks) {
                Thread.onSpinWait();
            }
            released.countDown();
        });
        releaser.start();
        return releaser;
    }

    private void awaitReleased(CountDownLatch waiting) {
        waiting.countDown();
        try {
            released.await();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    @Test
    void a_thread_that_waits_for_others_gives_its_turn_up() {
        CountDownLatch waiting = new CountDownLatch(1);
        threads.begin(() -> {
            awaitReleased(waiting);
            threads.await();
            inside = true;
        });

        assertThat(waiting.getCount()).isZero();
        assertThat(threads.tryStep()).isTrue();
        released.countDown();
        threads.end();
        assertThat(inside).isTrue();
    }

    @Test
    void a_thread_that_keeps_its_turn_has_it_whatever_it_waits_for() throws InterruptedException {
        CountDownLatch waiting = new CountDownLatch(1);
        Thread releaser = new Thread(() -> {
            try {
                waiting.await();
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
            releaseAfterLooks(3);
        });
        releaser.start();

        threads.begin(() -> {
            inside = true;
            threads.keep(() -> awaitReleased(waiting));
            inside = false;
        });
        begun = true;

        assertThat(inside).isFalse();
        threads.end();
        releaser.join();
    }
}
