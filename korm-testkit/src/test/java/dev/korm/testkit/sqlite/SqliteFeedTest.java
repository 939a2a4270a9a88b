package dev.korm.testkit.sqlite;

import dev.korm.jdbc.Sqlite;
import dev.korm.spi.Layer;
import dev.korm.spi.environment.Environment;
import dev.korm.testkit.contract.store.FeedContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteFeedTest extends FeedContract {
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

    private Sqlite source() {
        return Sqlite.file(folder.resolve("layer.sqlite")).durability(Sqlite.Durability.NORMAL);
    }
}
