package dev.korm.testkit.mysql;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.live.LiveQueryContract;

class MySqlLiveQueryTest extends LiveQueryContract {
    private final String database = MySqlTestServer.newDatabase();

    @Override
    protected LayerSource store() {
        return MySqlTestServer.in(database);
    }
}
