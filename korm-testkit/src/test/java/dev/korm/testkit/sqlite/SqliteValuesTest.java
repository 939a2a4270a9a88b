package dev.korm.testkit.sqlite;

import dev.korm.jdbc.Sqlite;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.ValuesContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteValuesTest extends ValuesContract {
    @TempDir
    Path folder;

    @Override
    protected LayerSource source() {
        return Sqlite.file(folder.resolve("items.sqlite"));
    }
}
