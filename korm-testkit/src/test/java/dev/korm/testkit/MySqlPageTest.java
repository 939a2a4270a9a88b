package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.PageContract;

class MySqlPageTest extends PageContract {
    private final String database = MySqlTestServer.newDatabase();

    @Override
    protected LayerSource source() {
        return MySqlTestServer.bounded(database, 1);
    }
}
