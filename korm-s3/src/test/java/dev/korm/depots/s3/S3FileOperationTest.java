package dev.korm.depots.s3;

import dev.korm.jdbc.Sqlite;
import dev.korm.spi.LayerSource;
import dev.korm.spi.depot.DepotSource;
import dev.korm.testkit.contract.file.FileOperationContract;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.io.TempDir;

class S3FileOperationTest extends FileOperationContract {
    private final String prefix = "operation-" + UUID.randomUUID();

    @TempDir
    Path folder;

    @Override
    protected LayerSource layer() {
        return Sqlite.file(folder.resolve("data.sqlite").toString());
    }

    @Override
    protected DepotSource depot(String name) {
        return S3Server.SHARED.depot(prefix + "-" + name);
    }

    @Override
    protected int stride() {
        return 2;
    }
}
