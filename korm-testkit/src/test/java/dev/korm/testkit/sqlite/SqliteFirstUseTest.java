package dev.korm.testkit.sqlite;

import dev.korm.jdbc.Sqlite;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.FirstUseContract;
import java.nio.file.Path;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.io.TempDir;

@NullUnmarked // The folder is given by JUnit.
class SqliteFirstUseTest extends FirstUseContract {
    @TempDir
    protected Path folder;

    @Override
    protected LayerSource store() {
        return Sqlite.file(folder.resolve("store.sqlite"));
    }

    @Override
    protected LayerSource other() {
        return Sqlite.file(folder.resolve("other.sqlite"));
    }
}
