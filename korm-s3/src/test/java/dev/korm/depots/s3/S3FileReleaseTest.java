package dev.korm.depots.s3;

import dev.korm.jdbc.Sqlite;
import dev.korm.spi.LayerSource;
import dev.korm.spi.depot.DepotSource;
import dev.korm.testkit.contract.file.FileReleaseContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class S3FileReleaseTest extends FileReleaseContract {
    @TempDir
    Path folder;

    @Override
    protected LayerSource layer() {
        return Sqlite.file(folder.resolve("data.sqlite").toString());
    }

    @Override
    protected DepotSource depot() {
        return S3Server.SHARED.depot("release-" + java.util.UUID.randomUUID());
    }
}
