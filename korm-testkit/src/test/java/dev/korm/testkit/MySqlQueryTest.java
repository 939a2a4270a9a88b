package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.QueryContract;

class MySqlQueryTest extends QueryContract {
    private final String database = MySqlTestServer.newDatabase();

    @Override
    protected LayerSource source() {
        return MySqlTestServer.bounded(database, 2);
    }
}
