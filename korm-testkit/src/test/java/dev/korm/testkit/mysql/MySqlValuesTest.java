package dev.korm.testkit.mysql;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.ValuesContract;

class MySqlValuesTest extends ValuesContract {
    private final String database = MySqlTestServer.newDatabase();

    @Override
    protected LayerSource source() {
        return MySqlTestServer.in(database);
    }
}
