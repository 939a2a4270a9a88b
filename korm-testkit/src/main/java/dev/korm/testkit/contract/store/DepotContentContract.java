package dev.korm.testkit.contract.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.OperationInterruptedException;
import dev.korm.Rn;
import dev.korm.StoreException.Outcome;
import dev.korm.depot.CorruptFileException;
import dev.korm.depot.FileContentException;
import dev.korm.depot.MissingFileException;
import dev.korm.spi.depot.ByteRange;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.FileEntry;
import dev.korm.spi.depot.FileStat;
import dev.korm.spi.depot.PutOptions;
import dev.korm.spi.environment.Environment;
import dev.korm.testkit.Seed;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** The obligations of every depot about content: what comes back, and what stays when content fails, is damaged or is cut off. */
@NullUnmarked // Tests dereference what they expect to be there.
abstract class DepotContentContract extends DepotWorld {
    @Test
    void a_file_comes_back_with_all_that_was_given() {
        PutOptions options = PutOptions.NONE
                .contentType("text/markdown")
                .attribute("item", "cars:suv:1")
                .attribute("by", "a test");

        FileStat stored = depot().put(file("docs", "hello.txt"), new ByteArrayInputStream(HELLO), options);

        FileStat read = depot().stat(file("docs", "hello.txt")).orElseThrow();
        assertThat(stored.size()).isEqualTo(5);
        assertThat(stored.sha256()).contains(sha256(HELLO));
        assertThat(read.rn()).isEqualTo(file("docs", "hello.txt"));
        assertThat(read.size()).isEqualTo(5);
        assertThat(read.sha256()).contains(sha256(HELLO));
        assertThat(read.contentType()).contains("text/markdown");
        assertThat(read.attributes()).containsEntry("item", "cars:suv:1").containsEntry("by", "a test");
        assertThat(read.version()).isEqualTo(stored.version());
        try (FileContent content = depot().get(file("docs", "hello.txt"))) {
            assertThat(content.stat().contentType()).contains("text/markdown");
            assertThat(content.stat().sha256()).contains(sha256(HELLO));
            assertThat(content.stat().size()).isEqualTo(5);
        }
        assertThat(bytes(file("docs", "hello.txt"))).isEqualTo(HELLO);
    }

    @Test
    void the_time_of_a_file_is_about_now() {
        Instant modified = put(file("now"), HELLO).modified();

        assertThat(Duration.between(modified, Environment.system().clock().instant())
                        .abs())
                .isLessThan(Duration.ofMinutes(5));
    }

    @Test
    void an_empty_file_is_a_file() {
        put(file("empty"), new byte[0]);

        assertThat(bytes(file("empty"))).isEmpty();
        assertThat(depot().stat(file("empty")).orElseThrow().size()).isZero();
        assertThat(bytes(file("empty"), 0, 10)).isEmpty();
    }

    @Test
    void a_stream_of_unknown_length_comes_back_whole() {
        byte[] large = random(1, 20 * 1024 * 1024 + 17);

        FileStat stored = depot().put(file("large"), new Trickle(large), PutOptions.NONE.contentType("image/png"));

        assertThat(stored.size()).isEqualTo(large.length);
        assertThat(stored.sha256()).contains(sha256(large));
        FileStat read = depot().stat(file("large")).orElseThrow();
        assertThat(read.size()).isEqualTo(large.length);
        assertThat(read.sha256()).contains(sha256(large));
        assertThat(read.contentType()).contains("image/png");
        assertThat(sha256(bytes(file("large")))).isEqualTo(sha256(large));
        assertThat(bytes(file("large"), 9_000_000, 1000))
                .isEqualTo(java.util.Arrays.copyOfRange(large, 9_000_000, 9_001_000));
    }

    @Test
    void a_later_file_takes_the_place_of_an_earlier_one_with_all_that_was_kept_with_it() {
        depot().put(
                        file("a"),
                        new ByteArrayInputStream(random(1, 100_000)),
                        PutOptions.NONE.contentType("image/png").attribute("old", "yes"));

        put(file("a"), HELLO);

        FileStat stat = depot().stat(file("a")).orElseThrow();
        assertThat(bytes(file("a"))).isEqualTo(HELLO);
        assertThat(stat.attributes()).isEmpty();
        assertThat(stat.contentType()).isNotEqualTo(Optional.of("image/png"));
        assertThat(stat.sha256()).contains(sha256(HELLO));
    }

    @Test
    void the_giver_keeps_the_stream() {
        Trickle content = new Trickle(HELLO);

        depot().put(file("a"), content, PutOptions.NONE);

        assertThat(content.closed).isFalse();
    }

    @Test
    void content_that_fails_leaves_what_was_there() {
        put(file("a"), HELLO);
        for (int size : List.of(0, 100, 20 * 1024 * 1024)) {
            assertThatExceptionOfType(FileContentException.class)
                    .isThrownBy(() -> depot().put(file("a"), new Failing(size), PutOptions.NONE))
                    .withMessageContaining(file("a").toString())
                    .withCauseInstanceOf(IOException.class);
            assertThatExceptionOfType(FileContentException.class)
                    .isThrownBy(() -> depot().put(file("new"), new Failing(size), PutOptions.NONE));
        }

        assertThat(bytes(file("a"))).isEqualTo(HELLO);
        assertThat(depot().stat(file("new"))).isEmpty();
        assertThat(listed(below())).containsExactly(file("a").toString());
    }

    @Test
    void content_that_is_not_what_was_announced_is_refused() {
        put(file("a"), HELLO);

        assertThatExceptionOfType(FileContentException.class)
                .isThrownBy(
                        () -> depot().put(file("a"), new ByteArrayInputStream(new byte[9]), PutOptions.NONE.size(10)))
                .withMessageContaining("9 bytes");
        assertThatExceptionOfType(FileContentException.class).isThrownBy(() -> depot().put(
                        file("a"), new ByteArrayInputStream(new byte[9]), PutOptions.NONE.sha256(sha256(HELLO))));
        depot().put(
                        file("b"),
                        new ByteArrayInputStream(HELLO),
                        PutOptions.NONE.size(5).sha256(sha256(HELLO)));

        assertThat(bytes(file("a"))).isEqualTo(HELLO);
        assertThat(bytes(file("b"))).isEqualTo(HELLO);
    }

    @Test
    void what_is_not_there_is_missing() {
        assertThat(depot().stat(file("none"))).isEmpty();
        assertThat(depot().stat(file("no", "folder", "none"))).isEmpty();
        assertThat(depot().delete(file("none"))).isFalse();
        for (Rn<?> none : List.of(file("none"), file("no", "folder", "none"))) {
            assertThatExceptionOfType(MissingFileException.class)
                    .isThrownBy(() -> depot().get(none))
                    .withMessageContaining(none.toString())
                    .satisfies(missing -> {
                        assertThat(missing.depot()).isEqualTo(NAME);
                        assertThat(missing.rn()).contains(none);
                        assertThat(missing.isRetryable()).isFalse();
                        assertThat(missing.outcome()).isEqualTo(Outcome.NOT_APPLIED);
                    });
            assertThatExceptionOfType(MissingFileException.class)
                    .isThrownBy(() -> depot().get(none, ByteRange.from(0)));
            assertThatExceptionOfType(MissingFileException.class).isThrownBy(() -> depot().copy(none, file("to")));
            assertThatExceptionOfType(MissingFileException.class).isThrownBy(() -> depot().move(none, file("to")));
        }
    }

    @Test
    void a_deleted_file_is_gone() {
        put(file("a", "b"), HELLO);

        assertThat(depot().delete(file("a", "b"))).isTrue();

        assertThat(depot().stat(file("a", "b"))).isEmpty();
        assertThat(depot().delete(file("a", "b"))).isFalse();
        assertThat(listed(below())).isEmpty();
    }

    @Test
    void a_range_is_as_much_of_it_as_there_is() {
        long seed = Seed.next(getClass());
        byte[] all = random(seed, 200_000);
        put(file("a"), all);
        Random random = new Random(seed);

        assertThat(bytes(file("a"), 0, 0)).isEmpty();
        assertThat(bytes(file("a"), 200_000, 5)).isEmpty();
        assertThat(bytes(file("a"), 1_000_000, 5)).isEmpty();
        assertThat(bytes(file("a"), 0, Long.MAX_VALUE)).isEqualTo(all);
        assertThat(bytes(file("a"), 199_999, Long.MAX_VALUE)).containsExactly(all[199_999]);
        for (int i = 0; i < 30; i++) {
            int from = random.nextInt(200_000);
            int length = 1 + random.nextInt(150_000);
            assertThat(bytes(file("a"), from, length))
                    .isEqualTo(java.util.Arrays.copyOfRange(all, from, Math.min(200_000, from + length)));
        }
    }

    @Test
    void whatever_the_content_throws_leaves_what_was_there() {
        put(file("a"), HELLO);
        for (int size : List.of(0, 100, 20 * 1024 * 1024)) {
            for (Throwable thrown :
                    List.of(new StackOverflowError("The test says so"), new IllegalStateException("So"))) {
                for (Rn<?> file : List.of(file("a"), file("new"))) {
                    assertThatThrownBy(() -> depot().put(file, new Throwing(size, thrown), PutOptions.NONE))
                            .isSameAs(thrown);
                }
            }
        }

        assertThat(bytes(file("a"))).isEqualTo(HELLO);
        assertThat(listed(below())).containsExactly(file("a").toString());
        put(file("new"), HELLO);
    }

    @Test
    void an_interrupted_thread_is_told_so_and_everything_stays_whole() {
        put(file("a"), "a", 5);
        List<Runnable> calls = List.of(
                () -> put(file("a"), "a", 6),
                () -> put(file("b"), HELLO),
                () -> bytes(file("a")),
                () -> depot().stat(file("a")),
                () -> listed(below()),
                () -> depot().copy(file("a"), file("c")),
                () -> depot().move(file("a"), file("a", "d")),
                () -> depot().moveIfNewer(file("a", "d"), file("a"), NEWER),
                () -> depot().delete(file("b")));
        for (Runnable call : calls) {
            Thread.currentThread().interrupt();
            try {
                call.run();
            } catch (OperationInterruptedException told) {
                assertThat(told).hasMessageContaining("interrupted");
            } catch (MissingFileException earlier) {
                assertThat(earlier.isRetryable()).isFalse();
            } finally {
                assertThat(Thread.interrupted()).as("The flag stays").isTrue();
            }
        }

        try (Stream<FileEntry> files = depot().list(below())) {
            assertThat(files.map(FileEntry::rn).map(this::text)).allMatch(text -> text.matches("a [56]|hello"));
        }
        put(file("a"), HELLO);
        assertThat(bytes(file("a"))).isEqualTo(HELLO);
    }

    @Test
    void content_that_interrupts_its_thread_is_stored_whole_or_not_at_all() {
        put(file("a"), HELLO);
        byte[] large = random(12, 20 * 1024 * 1024);
        InputStream interrupting = new ByteArrayInputStream(large) {
            @Override
            public synchronized int read(byte[] buffer, int offset, int length) {
                if (pos > 12 * 1024 * 1024) {
                    Thread.currentThread().interrupt();
                }
                return super.read(buffer, offset, length);
            }
        };
        boolean stored = false;
        try {
            depot().put(file("a"), interrupting, PutOptions.NONE);
            stored = true;
        } catch (OperationInterruptedException told) {
            assertThat(told.outcome()).isEqualTo(Outcome.NOT_APPLIED);
            assertThat(told).hasMessageContaining(file("a").toString());
        } finally {
            assertThat(Thread.interrupted()).as("The flag stays").isTrue();
        }

        assertThat(sha256(bytes(file("a")))).isEqualTo(sha256(stored ? large : HELLO));
        assertThat(listed(below())).containsExactly(file("a").toString());
    }

    @Test
    void damage_is_noticed_by_whoever_reads_to_the_end() {
        byte[] content = random(9, 200_000);
        put(file("a"), content);
        put(file("b"), content);

        damage(file("a"));

        assertThatExceptionOfType(CorruptFileException.class)
                .isThrownBy(() -> bytes(file("a")))
                .withMessageContaining(file("a").toString())
                .satisfies(corrupt -> {
                    assertThat(corrupt.depot()).isEqualTo(NAME);
                    assertThat(corrupt.rn()).contains(file("a"));
                    assertThat(corrupt.isRetryable()).isFalse();
                });
        assertThat(bytes(file("b"))).isEqualTo(content);
    }
}
