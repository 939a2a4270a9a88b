package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.MovingContract;

class MySqlToPostgresMovingTest extends MovingContract {
    @Override
    protected LayerSource from() {
        return MySqlTestServer.bounded(MySqlTestServer.newDatabase(), 1);
    }

    @Override
    protected LayerSource to() {
        return PostgresServer.bounded(PostgresServer.newSchema(), 1);
    }
}
