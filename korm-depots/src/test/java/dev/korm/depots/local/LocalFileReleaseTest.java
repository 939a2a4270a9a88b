package dev.korm.depots.local;

import dev.korm.jdbc.Sqlite;
import dev.korm.spi.LayerSource;
import dev.korm.spi.depot.DepotSource;
import dev.korm.testkit.contract.file.FileReleaseContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class LocalFileReleaseTest extends FileReleaseContract {
    @TempDir
    Path folder;

    @Override
    protected LayerSource layer() {
        return Sqlite.file(folder.resolve("data.sqlite").toString());
    }

    @Override
    protected DepotSource depot() {
        return LocalDepot.at(folder.resolve("files"));
    }
}
