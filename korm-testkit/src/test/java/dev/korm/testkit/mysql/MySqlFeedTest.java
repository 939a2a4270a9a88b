package dev.korm.testkit.mysql;

import dev.korm.spi.Layer;
import dev.korm.spi.environment.Environment;
import dev.korm.testkit.contract.store.FeedContract;

class MySqlFeedTest extends FeedContract {
    private final String database = MySqlTestServer.newDatabase();

    @Override
    protected Layer open(String name) {
        return MySqlTestServer.in(database).open(name, Environment.system());
    }

    @Override
    protected boolean isShared() {
        return true;
    }
}
