package dev.korm.testkit.mysql;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.query.ReferentialContract;

class MySqlReferentialTest extends ReferentialContract {
    private final String database = MySqlTestServer.newDatabase();

    @Override
    protected LayerSource store() {
        return MySqlTestServer.bounded(database, 1);
    }
}
