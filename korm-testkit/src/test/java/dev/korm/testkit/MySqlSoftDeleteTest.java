package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.SoftDeleteContract;

class MySqlSoftDeleteTest extends SoftDeleteContract {
    private final String database = MySqlTestServer.newDatabase();

    @Override
    protected LayerSource store() {
        return MySqlTestServer.bounded(database, 1);
    }
}
