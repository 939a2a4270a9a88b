package dev.korm.testkit.across;

import dev.korm.jdbc.Sqlite;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.change.MoveChangeContract;
import dev.korm.testkit.mysql.MySqlTestServer;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteMySqlMoveChangeTest extends MoveChangeContract {
    @TempDir
    Path folder;

    private final String database = MySqlTestServer.newDatabase();

    @Override
    protected LayerSource left() {
        return Sqlite.file(folder.resolve("left.sqlite"));
    }

    @Override
    protected LayerSource right() {
        return MySqlTestServer.bounded(database, 4);
    }
}
