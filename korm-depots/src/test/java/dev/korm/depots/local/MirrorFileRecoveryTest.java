package dev.korm.depots.local;

import dev.korm.depots.mirror.MirrorDepot;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.LayerSource;
import dev.korm.spi.depot.DepotSource;
import dev.korm.testkit.contract.file.FileRecoveryContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class MirrorFileRecoveryTest extends FileRecoveryContract {
    @TempDir
    Path folder;

    @Override
    protected LayerSource layer() {
        return Sqlite.file(folder.resolve("data.sqlite").toString());
    }

    @Override
    protected DepotSource depot(String name) {
        return MirrorDepot.of(LocalDepot.at(folder.resolve(name)), LocalDepot.at(folder.resolve(name + "-too")));
    }
}
