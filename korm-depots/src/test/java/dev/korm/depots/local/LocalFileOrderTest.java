package dev.korm.depots.local;

import dev.korm.spi.depot.DepotSource;
import dev.korm.testkit.contract.file.FileOrderContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class LocalFileOrderTest extends FileOrderContract {
    @TempDir
    Path folder;

    @Override
    protected DepotSource depot() {
        return LocalDepot.at(folder.resolve("files"));
    }
}
