package dev.korm.testkit.sqlite;

import dev.korm.jdbc.Sqlite;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.live.LiveQueryContract;

class SqliteMemoryLiveQueryTest extends LiveQueryContract {
    @Override
    protected LayerSource store() {
        return Sqlite.memory();
    }
}
