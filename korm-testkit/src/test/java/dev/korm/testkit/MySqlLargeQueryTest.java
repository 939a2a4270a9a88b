package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.LargeQueryContract;

class MySqlLargeQueryTest extends LargeQueryContract {
    private final String database = MySqlTestServer.newDatabase();

    @Override
    protected LayerSource source() {
        return MySqlTestServer.bounded(database, 2);
    }
}
