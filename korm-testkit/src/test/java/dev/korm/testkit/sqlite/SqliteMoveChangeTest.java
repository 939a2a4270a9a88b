package dev.korm.testkit.sqlite;

import dev.korm.jdbc.Sqlite;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.change.MoveChangeContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteMoveChangeTest extends MoveChangeContract {
    @TempDir
    Path folder;

    @Override
    protected LayerSource left() {
        return Sqlite.file(folder.resolve("left.sqlite"));
    }

    @Override
    protected LayerSource right() {
        return Sqlite.file(folder.resolve("right.sqlite"));
    }
}
