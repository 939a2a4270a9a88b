package dev.korm.testkit.mysql;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.change.SoftDeleteContract;

class MySqlSoftDeleteTest extends SoftDeleteContract {
    private final String database = MySqlTestServer.newDatabase();

    @Override
    protected LayerSource store() {
        return MySqlTestServer.bounded(database, 1);
    }
}
