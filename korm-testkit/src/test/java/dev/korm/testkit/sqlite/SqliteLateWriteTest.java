package dev.korm.testkit.sqlite;

import dev.korm.jdbc.Sqlite;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.change.LateWriteContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteLateWriteTest extends LateWriteContract {
    @TempDir
    Path folder;

    @Override
    protected LayerSource store(String name) {
        return Sqlite.file(folder.resolve(name + ".sqlite"));
    }
}
