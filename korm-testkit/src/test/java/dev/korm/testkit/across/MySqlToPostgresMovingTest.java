package dev.korm.testkit.across;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.change.MovingContract;
import dev.korm.testkit.mysql.MySqlTestServer;
import dev.korm.testkit.postgres.PostgresServer;

class MySqlToPostgresMovingTest extends MovingContract {
    @Override
    protected LayerSource from() {
        return MySqlTestServer.bounded(MySqlTestServer.newDatabase(), 1);
    }

    @Override
    protected LayerSource to() {
        return PostgresServer.bounded(PostgresServer.newSchema(), 1);
    }

    @Override
    protected int stride() {
        return 3;
    }
}
