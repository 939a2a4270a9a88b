package dev.korm.depots.sealed;

import dev.korm.depots.local.LocalDepot;
import dev.korm.jdbc.Sqlite;
import dev.korm.key.KeyRing;
import dev.korm.spi.LayerSource;
import dev.korm.spi.depot.DepotSource;
import dev.korm.testkit.contract.file.FileRecoveryContract;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

class SealedFileRecoveryTest extends FileRecoveryContract {
    private static final KeyRing RING = KeyRing.of("test", Map.of("test", new byte[32]));

    @TempDir
    Path folder;

    @Override
    protected LayerSource layer() {
        return Sqlite.file(folder.resolve("data.sqlite").toString());
    }

    @Override
    protected DepotSource depot(String name) {
        return SealedDepot.in(LocalDepot.at(folder.resolve(name)), RING);
    }
}
