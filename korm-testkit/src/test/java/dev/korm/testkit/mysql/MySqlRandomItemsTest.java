package dev.korm.testkit.mysql;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.random.RandomItemsContract;

class MySqlRandomItemsTest extends RandomItemsContract {
    private final String database = MySqlTestServer.newDatabase();

    @Override
    protected LayerSource source() {
        return MySqlTestServer.in(database);
    }
}
