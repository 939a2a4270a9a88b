package dev.korm.wal;

import dev.korm.depots.local.LocalDepot;
import dev.korm.spi.depot.DepotSource;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class LocalDepotWalTest extends DepotWalContract {
    @TempDir
    Path folder;

    @Override
    protected DepotSource store() {
        return LocalDepot.at(folder.resolve("files"));
    }
}
