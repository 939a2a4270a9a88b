package dev.korm.testkit.sqlite;

import dev.korm.jdbc.Sqlite;
import dev.korm.spi.Layer;
import dev.korm.spi.environment.Environment;
import dev.korm.testkit.contract.store.LayerContract;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;

class SqliteFileLayerTest extends LayerContract {
    @TempDir
    Path folder;

    @Override
    protected Layer open(String name) {
        return source().open(name, Environment.system());
    }

    @Override
    protected boolean isShared() {
        return true;
    }

    @Override
    protected Optional<Layer> openReadOnly(String name) {
        return Optional.of(source().readOnly().open(name, Environment.system()));
    }

    private Sqlite source() {
        return Sqlite.file(folder.resolve("layer.sqlite")).durability(Sqlite.Durability.NORMAL);
    }
}
