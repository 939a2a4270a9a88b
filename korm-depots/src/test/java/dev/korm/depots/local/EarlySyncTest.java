package dev.korm.depots.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EarlySyncTest {
    private static final int STEP = 16 * 1024 * 1024;

    @TempDir
    Path folder;

    private final List<Runnable> asked = new ArrayList<>();

    private FileChannel channel() throws IOException {
        return FileChannel.open(folder.resolve("file"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    @Test
    void a_small_file_waits_for_its_end() throws IOException {
        try (FileChannel channel = channel()) {
            EarlySync sync = new EarlySync(channel, asked::add);

            sync.wrote(STEP - 1);
            sync.await();

            assertThat(asked).isEmpty();
        }
    }

    @Test
    void one_sync_at_a_time_is_under_way() throws IOException {
        try (FileChannel channel = channel()) {
            EarlySync sync = new EarlySync(channel, asked::add);
            for (int i = 0; i < 5; i++) {
                sync.wrote(STEP);
            }
            assertThat(asked).hasSize(1);

            asked.get(0).run();
            sync.wrote(1);

            assertThat(asked).hasSize(2);
        }
    }

    @Test
    void a_sync_that_failed_fails_the_file() throws IOException {
        FileChannel channel = channel();
        EarlySync sync = new EarlySync(channel, asked::add);
        sync.wrote(STEP);
        channel.close();
        asked.get(0).run();

        assertThatExceptionOfType(IOException.class).isThrownBy(sync::await);
    }

    @Test
    void without_a_thread_the_end_syncs_all() throws IOException {
        try (FileChannel channel = channel()) {
            EarlySync sync = new EarlySync(channel, work -> {
                throw new RejectedExecutionException();
            });
            sync.wrote(STEP);

            sync.await();
        }
    }

    @Test
    void a_file_that_is_given_up_is_closed_behind_the_sync_that_is_under_way() throws IOException {
        FileChannel channel = channel();
        EarlySync sync = new EarlySync(channel, asked::add);
        assertThat(sync.thenClose()).isFalse();
        sync.wrote(STEP);

        assertThat(sync.thenClose()).isTrue();
        assertThat(channel.isOpen()).isTrue();
        asked.get(0).run();

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void a_sync_that_is_over_leaves_the_closing_to_who_wrote_the_file() throws IOException {
        try (FileChannel channel = channel()) {
            EarlySync sync = new EarlySync(channel, asked::add);
            sync.wrote(STEP);
            asked.get(0).run();

            assertThat(sync.thenClose()).isFalse();
            assertThat(channel.isOpen()).isTrue();
        }
    }

    @Test
    void an_interrupt_ends_the_waiting_and_stays() throws IOException {
        try (FileChannel channel = channel()) {
            EarlySync sync = new EarlySync(channel, asked::add);
            sync.wrote(STEP);
            Thread.currentThread().interrupt();

            assertThatExceptionOfType(InterruptedIOException.class).isThrownBy(sync::await);
            assertThat(Thread.interrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }
    }
}
