package dev.korm.testkit.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.FloatingItem;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.jdbc.Sqlite;
import dev.korm.recovery.RecoveryReport;
import dev.korm.testkit.fault.FaultyLayer;
import dev.korm.testkit.fault.FaultyLayer.Call;
import dev.korm.testkit.memory.MemoryJournal;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How often stores are asked to settle a thousand unfinished changes. */
class RecoveryRoundTripsTest {
    private static final int CHANGES = 1000;

    private final MemoryJournal journal = MemoryJournal.create();
    private FaultyLayer follower;
    private FaultyLayer coordinator;

    record Part(int number) {}

    @BeforeEach
    void files(@TempDir Path folder) {
        follower = FaultyLayer.around(Sqlite.file(folder.resolve("a.sqlite")));
        coordinator = FaultyLayer.around(Sqlite.file(folder.resolve("b.sqlite")));
        try (Pool pool = open()) {
            Korm.tx(part(pool, "a", 0), part(pool, "b", 0)).persist();
        }
    }

    private Pool open() {
        return Korm.pool()
                .layer("a", follower)
                .layer("b", coordinator)
                .withWal(journal)
                .open();
    }

    private static FloatingItem<Part> part(Pool pool, String layer, int number) {
        return Korm.item(Part.class, pool).fromData(layer, "parts", "part", new Part(number));
    }

    /** Kills the program at each of many changes when it commits it in a layer, and opens the pool anew. */
    private RecoveryReport recover(FaultyLayer killedAt) {
        try (Pool pool = open()) {
            killedAt.reset();
            for (int i = 1; i <= CHANGES; i++) {
                killedAt.failWith(Call.COMMIT, i, new OutOfMemoryError("because the test says so"));
            }
            for (int i = 1; i <= CHANGES; i++) {
                FloatingItem<Part> one = part(pool, "a", i);
                FloatingItem<Part> other = part(pool, "b", i);
                assertThatThrownBy(() -> Korm.tx(one, other).persist()).isInstanceOf(OutOfMemoryError.class);
            }
            journal.crash();
            follower.heal();
            coordinator.heal();
        }
        follower.reset();
        coordinator.reset();
        try (Pool pool = open()) {
            for (FaultyLayer layer : List.of(follower, coordinator)) {
                assertThat(layer.calls(Call.APPLY)).isLessThanOrEqualTo(2 * CHANGES / 500);
                assertThat(layer.roundTrips()).isLessThan(20);
                // However many there are, each marker is looked at a few times.
                assertThat(layer.calls(Call.NEXT)).isLessThan(4 * CHANGES + 100);
            }
            assertThat(pool.recovery().quarantined()).isEmpty();
            assertThat(Korm.item(Part.class, pool)
                            .fromQuery("a", "parts", "part")
                            .count())
                    .isEqualTo(Korm.item(Part.class, pool)
                            .fromQuery("b", "parts", "part")
                            .count());
            return pool.recovery().atOpening();
        }
    }

    @Test
    void changes_that_were_not_decided_are_forbidden_together() {
        assertThat(recover(coordinator)).isEqualTo(new RecoveryReport(CHANGES, 0, CHANGES, 0, 0));
    }

    @Test
    void changes_that_were_decided_are_finished_together() {
        assertThat(recover(follower)).isEqualTo(new RecoveryReport(CHANGES, CHANGES, 0, 0, 0));
    }
}
