package dev.korm.testkit.across;

import dev.korm.jdbc.Sqlite;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.change.KeptMovingContract;
import dev.korm.testkit.postgres.PostgresServer;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;

class SqliteToPostgresKeptMovingTest extends KeptMovingContract {
    @TempDir
    Path folder;

    private int stores;

    @Override
    protected LayerSource from() {
        return Sqlite.file(folder.resolve("items" + stores++ + ".sqlite"))
                .readers(1)
                .readerTimeout(Duration.ofSeconds(5));
    }

    @Override
    protected LayerSource to() {
        return PostgresServer.bounded(PostgresServer.newSchema(), 1);
    }
}
