package dev.korm.depots.s3;

import dev.korm.jdbc.Sqlite;
import dev.korm.spi.LayerSource;
import dev.korm.spi.depot.DepotSource;
import dev.korm.testkit.contract.file.FilesContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class S3FilesTest extends FilesContract {
    @TempDir
    Path folder;

    private final String prefix = "items-" + java.util.UUID.randomUUID();

    @Override
    protected LayerSource layer() {
        return Sqlite.file(folder.resolve("data.sqlite").toString());
    }

    @Override
    protected DepotSource depot() {
        return S3Server.SHARED.depot(prefix);
    }
}
