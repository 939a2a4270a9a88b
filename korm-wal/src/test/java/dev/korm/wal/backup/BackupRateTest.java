package dev.korm.wal.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.ConfigurationException;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.OperationInterruptedException;
import dev.korm.Pool;
import dev.korm.Stored;
import dev.korm.backup.BackupInfo;
import dev.korm.backup.BackupOptions;
import dev.korm.testkit.fault.VirtualEnvironment;
import dev.korm.testkit.memory.MemoryDepot;
import dev.korm.testkit.memory.MemoryLayer;
import dev.korm.wal.backup.format.Pace;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Backups that take no more in a second than they may. */
@NullUnmarked // Tests dereference what they expect to be there.
class BackupRateTest {
    private static final int ROWS = 2_000;
    private static final int CHARACTERS = 1_000;
    private static final long RATE = 100_000;

    @Stored(layer = "notes", namespace = "rates", kind = "note")
    record Note(String text) {}

    private final VirtualEnvironment world = VirtualEnvironment.seeded(5);
    private Pool pool;

    @BeforeEach
    void open() {
        pool = Korm.pool()
                .layer("notes", MemoryLayer.create())
                .depot("safe", MemoryDepot.create())
                .environment(world)
                .open();
        Items<Note> notes = Korm.item(Note.class, pool);
        Korm.createAll(IntStream.range(0, ROWS)
                .mapToObj(i -> notes.fromData(new Note("x".repeat(CHARACTERS))))
                .toList());
    }

    @AfterEach
    void close() {
        pool.close();
    }

    @Test
    void a_limited_backup_takes_its_time_to_be_written_and_to_be_read_back() {
        Duration seconds = Duration.ofSeconds(ROWS * CHARACTERS / RATE);
        assertThat(backup(BackupOptions.defaults())).isLessThan(Duration.ofSeconds(1));
        BackupOptions limited = BackupOptions.defaults().maxRate(RATE);
        // A virtual world has one thread, so what is read back waits behind what is written.
        assertThat(backup(limited)).isBetween(seconds.multipliedBy(2), seconds.multipliedBy(3));
        assertThat(backup(limited.maxRate(2 * RATE)))
                .isBetween(seconds, seconds.multipliedBy(3).dividedBy(2));
    }

    @Test
    void a_pause_is_not_made_up_for() {
        Pace pace = new Pace(world, OptionalLong.of(RATE));
        world.advance(Duration.ofMinutes(10));
        long at = world.nanoTime();
        pace.took(RATE);
        pace.took(RATE);
        assertThat(Duration.ofNanos(world.nanoTime() - at)).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void an_interrupt_ends_the_wait() {
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() ->
                            pool.backups().run("safe", BackupOptions.defaults().maxRate(RATE)))
                    .isInstanceOf(OperationInterruptedException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(pool.backups().list("safe")).isEmpty();
    }

    @Test
    void a_limit_that_would_never_end_is_refused() {
        assertThatThrownBy(() -> BackupOptions.defaults().maxRate(BackupOptions.LEAST_RATE - 1))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("32768");
        assertThat(BackupOptions.defaults().maxRate(BackupOptions.LEAST_RATE).maxRate())
                .hasValue(BackupOptions.LEAST_RATE);
    }

    private Duration backup(BackupOptions options) {
        long begun = world.nanoTime();
        BackupInfo made = pool.backups().run("safe", options);
        assertThat(made.items()).isEqualTo(ROWS);
        return Duration.ofNanos(world.nanoTime() - begun);
    }
}
