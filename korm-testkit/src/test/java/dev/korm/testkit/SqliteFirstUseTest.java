package dev.korm.testkit;

import dev.korm.jdbc.Sqlite;
import dev.korm.spi.LayerSource;
import java.nio.file.Path;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.io.TempDir;

@NullUnmarked // The folder is given by JUnit.
class SqliteFirstUseTest extends FirstUseContract {
    @TempDir
    Path folder;

    @Override
    LayerSource store() {
        return Sqlite.file(folder.resolve("store.sqlite"));
    }

    @Override
    LayerSource other() {
        return Sqlite.file(folder.resolve("other.sqlite"));
    }
}
