package dev.korm.wal;

import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.DepotSource;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.journal.JournalSource;
import dev.korm.testkit.contract.store.JournalContract;
import java.time.Duration;
import org.jspecify.annotations.NullUnmarked;

/** The contract of journals, for one in a depot. */
@NullUnmarked // Tests dereference what they expect to be there.
abstract class DepotWalContract extends JournalContract {
    private Depot depot;

    /** Returns the store of the depot. */
    protected abstract DepotSource store();

    @Override
    protected JournalSource source() {
        depot = store().open("files", Environment.system());
        return Wal.in("files")
                .namespace("demo")
                .with(new DepotWal.Settings(
                        Duration.ofMinutes(10), Duration.ofMillis(200), 4, 4, JournalRetention.DELETE));
    }

    @Override
    protected Depot depot(String name) {
        return depot;
    }

    @Override
    protected void end() {
        depot.close();
    }
}
