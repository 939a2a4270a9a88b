package dev.korm.testkit.mysql;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.change.HistoryContract;

class MySqlHistoryTest extends HistoryContract {
    private final String database = MySqlTestServer.newDatabase();

    @Override
    protected LayerSource source() {
        return MySqlTestServer.bounded(database, 2);
    }
}
