package dev.korm.wal.backup.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.OperationInterruptedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReadAheadTest {
    private final ExecutorService threads = Executors.newSingleThreadExecutor();

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    /** Notes what it is told. */
    private static class Notes implements BackupVisitor {
        final List<String> told = new ArrayList<>();

        @Override
        public void row(@Nullable Object[] values) {
            told.add(String.valueOf(values[0]));
        }

        @Override
        public void bytes(byte[] bytes) {
            told.add("bytes " + bytes.length);
        }

        @Override
        public void gone(ContentKey key) {
            told.add("gone");
        }

        @Override
        public void end() {
            told.add("end");
        }
    }

    @Test
    void everything_is_told_in_its_order() {
        Notes notes = new Notes();
        List<String> expected = new ArrayList<>();
        ReadAhead.read(
                threads,
                visitor -> {
                    for (int i = 0; i < 5000; i++) {
                        visitor.row(new Object[] {i, "x".repeat(300)});
                        if (i % 1000 == 0) {
                            visitor.end();
                            visitor.bytes(new byte[200_000]);
                            visitor.gone(new ContentKey(1, 2));
                        }
                    }
                },
                notes);
        for (int i = 0; i < 5000; i++) {
            expected.add(String.valueOf(i));
            if (i % 1000 == 0) {
                expected.addAll(List.of("end", "bytes 200000", "gone"));
            }
        }
        assertThat(notes.told).isEqualTo(expected);
    }

    @Test
    void a_failure_of_the_reading_comes_behind_what_was_read() {
        Notes notes = new Notes();
        IllegalArgumentException failure = new IllegalArgumentException("damaged");
        assertThatThrownBy(() -> ReadAhead.read(
                        threads,
                        visitor -> {
                            visitor.bytes(new byte[200_000]);
                            throw failure;
                        },
                        notes))
                .isSameAs(failure);
        assertThat(notes.told).containsExactly("bytes 200000");
    }

    @Test
    void a_reading_that_nobody_wants_any_more_has_ended_and_was_never_far_ahead() {
        AtomicBoolean closed = new AtomicBoolean();
        AtomicInteger read = new AtomicInteger();
        IllegalStateException enough = new IllegalStateException("enough");
        assertThatThrownBy(() -> ReadAhead.read(
                        threads,
                        visitor -> {
                            try {
                                while (true) {
                                    visitor.bytes(new byte[200_000]);
                                    read.incrementAndGet();
                                }
                            } finally {
                                closed.set(true);
                            }
                        },
                        new BackupVisitor() {
                            @Override
                            public void bytes(byte[] bytes) {
                                throw enough;
                            }
                        }))
                .isSameAs(enough);
        assertThat(closed).isTrue();
        assertThat(read).hasValueLessThan(10);
    }

    @Test
    void an_interrupt_ends_it() {
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> ReadAhead.read(
                            threads, visitor -> visitor.bytes(new byte[200_000]), new BackupVisitor() {}))
                    .isInstanceOf(OperationInterruptedException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
