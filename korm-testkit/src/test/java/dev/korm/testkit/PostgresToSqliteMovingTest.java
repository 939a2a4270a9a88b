package dev.korm.testkit;

import dev.korm.jdbc.Sqlite;
import dev.korm.spi.LayerSource;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class PostgresToSqliteMovingTest extends MovingContract {
    @TempDir
    Path folder;

    private int stores;

    @Override
    protected LayerSource from() {
        return PostgresServer.in(PostgresServer.newSchema());
    }

    @Override
    protected LayerSource to() {
        return Sqlite.file(folder.resolve("items" + stores++ + ".sqlite"));
    }
}
