package dev.korm.testkit;

import dev.korm.spi.LayerSource;

class MySqlToPostgresMovingTest extends MovingContract {
    @Override
    protected LayerSource from() {
        return MySqlTestServer.in(MySqlTestServer.newDatabase());
    }

    @Override
    protected LayerSource to() {
        return PostgresServer.in(PostgresServer.newSchema());
    }
}
