package dev.korm.testkit.sqlite;

import dev.korm.jdbc.Sqlite;
import dev.korm.spi.Layer;
import dev.korm.spi.environment.Environment;
import dev.korm.testkit.contract.store.FeedContract;

class SqliteMemoryFeedTest extends FeedContract {
    @Override
    protected Layer open(String name) {
        return Sqlite.memory().open(name, Environment.system());
    }

    @Override
    protected boolean isShared() {
        return false;
    }
}
