package dev.korm.testkit;

import dev.korm.spi.LayerSource;

class MySqlReferentialTest extends ReferentialContract {
    private final String database = MySqlTestServer.newDatabase();

    @Override
    protected LayerSource store() {
        return MySqlTestServer.bounded(database, 1);
    }
}
