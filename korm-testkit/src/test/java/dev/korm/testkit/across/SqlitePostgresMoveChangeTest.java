package dev.korm.testkit.across;

import dev.korm.jdbc.Sqlite;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.change.MoveChangeContract;
import dev.korm.testkit.postgres.PostgresServer;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqlitePostgresMoveChangeTest extends MoveChangeContract {
    @TempDir
    Path folder;

    private final String schema = PostgresServer.newSchema();

    @Override
    protected LayerSource left() {
        return Sqlite.file(folder.resolve("left.sqlite"));
    }

    @Override
    protected LayerSource right() {
        return PostgresServer.bounded(schema, 4);
    }
}
