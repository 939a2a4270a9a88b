package dev.korm.testkit.mysql;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.live.RandomLiveQueriesContract;

class MySqlRandomLiveQueriesTest extends RandomLiveQueriesContract {
    private final String database = MySqlTestServer.newDatabase();

    @Override
    protected LayerSource store() {
        return MySqlTestServer.in(database);
    }
}
