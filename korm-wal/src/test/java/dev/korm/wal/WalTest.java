package dev.korm.wal;

import dev.korm.spi.journal.JournalSource;
import dev.korm.testkit.contract.store.JournalContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class WalTest extends JournalContract {
    @TempDir
    Path folder;

    @Override
    protected JournalSource source() {
        return Wal.at(folder.resolve("a/journal"));
    }
}
