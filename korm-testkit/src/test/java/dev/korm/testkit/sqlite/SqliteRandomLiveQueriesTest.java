package dev.korm.testkit.sqlite;

import dev.korm.jdbc.Sqlite;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.live.RandomLiveQueriesContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteRandomLiveQueriesTest extends RandomLiveQueriesContract {
    @TempDir
    Path folder;

    @Override
    protected LayerSource store() {
        return Sqlite.file(folder.resolve("items.sqlite")).durability(Sqlite.Durability.NORMAL);
    }
}
