package dev.korm.depots.sealed;

import dev.korm.depots.local.LocalDepot;
import dev.korm.jdbc.Sqlite;
import dev.korm.key.KeyRing;
import dev.korm.spi.LayerSource;
import dev.korm.spi.depot.DepotSource;
import dev.korm.testkit.contract.file.FilesContract;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

class SealedFilesTest extends FilesContract {
    @TempDir
    Path folder;

    private static final KeyRing RING = KeyRing.of("test", Map.of("test", new byte[32]));

    @Override
    protected LayerSource layer() {
        return Sqlite.file(folder.resolve("data.sqlite").toString());
    }

    @Override
    protected DepotSource depot() {
        return SealedDepot.in(LocalDepot.at(folder.resolve("files")), RING);
    }
}
