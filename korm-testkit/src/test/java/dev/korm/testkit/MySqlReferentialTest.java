package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.ReferentialContract;

class MySqlReferentialTest extends ReferentialContract {
    private final String database = MySqlTestServer.newDatabase();

    @Override
    protected LayerSource store() {
        return MySqlTestServer.bounded(database, 1);
    }
}
