package dev.korm.testkit.mysql;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.random.RandomTransactionsContract;

class MySqlRandomTransactionsTest extends RandomTransactionsContract {
    private final String database = MySqlTestServer.newDatabase();

    @Override
    protected LayerSource source() {
        return MySqlTestServer.bounded(database, 1);
    }
}
