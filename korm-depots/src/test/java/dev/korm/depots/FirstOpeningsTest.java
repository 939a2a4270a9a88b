package dev.korm.depots;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.depots.local.LocalDepot;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.depot.DepotSource;
import dev.korm.testkit.fault.FaultyDepot;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pools of one configuration that are opened for the first time at once. */
class FirstOpeningsTest {
    @TempDir
    Path folder;

    private Pool opened(DepotSource depot) {
        return Korm.pool()
                .layer("main", Sqlite.file(folder.resolve("main.sqlite")))
                .depot("copies", depot)
                .withMeta("main")
                .open();
    }

    @Test
    void one_that_is_opened_while_another_compares_its_layers_and_depots_is_the_same_pool() {
        FaultyDepot slow = FaultyDepot.around(LocalDepot.at(folder.resolve("copies")));
        // The layers have been asked by then, and said that they belong to nobody.
        slow.at(FaultyDepot.Call.STAT, 1, FaultyDepot.Moment.BEFORE, () -> opened(
                        LocalDepot.at(folder.resolve("copies")))
                .close());
        String id;
        try (Pool pool = opened(slow)) {
            id = pool.id();
        }
        try (Pool again = opened(LocalDepot.at(folder.resolve("copies")))) {
            assertThat(again.id()).isEqualTo(id);
        }
    }
}
