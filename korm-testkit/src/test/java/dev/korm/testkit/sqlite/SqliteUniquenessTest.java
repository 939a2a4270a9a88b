package dev.korm.testkit.sqlite;

import dev.korm.jdbc.Sqlite;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.UniquenessContract;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;

class SqliteUniquenessTest extends UniquenessContract {
    @TempDir
    Path folder;

    @Override
    protected LayerSource source() {
        return Sqlite.file(folder.resolve("items.sqlite")).readers(1).readerTimeout(Duration.ofSeconds(5));
    }
}
