package dev.korm.kalam.layer;

import dev.korm.jdbc.Sqlite;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.change.AtomicChangeContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Changes of a namespace of KalamDB and a database of SQLite together. */
class KalamSqliteAtomicChangeTest extends AtomicChangeContract {
    private final LayerSource left = KalamStores.fresh();

    @TempDir
    Path folder;

    @Override
    protected LayerSource left() {
        return left;
    }

    @Override
    protected LayerSource right() {
        return Sqlite.file(folder.resolve("right.sqlite"));
    }
}
