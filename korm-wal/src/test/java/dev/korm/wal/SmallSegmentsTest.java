package dev.korm.wal;

import dev.korm.spi.journal.JournalSource;
import dev.korm.testkit.contract.store.JournalContract;
import dev.korm.wal.run.Steps;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The contract where segments are full after a few entries, and unfinished changes are read part by part. */
class SmallSegmentsTest extends JournalContract {
    @TempDir
    Path folder;

    @Override
    protected JournalSource source() {
        return Wal.at(folder.resolve("journal")).with(new Wal.Settings(1024, 3, 4, Steps.ALL));
    }
}
