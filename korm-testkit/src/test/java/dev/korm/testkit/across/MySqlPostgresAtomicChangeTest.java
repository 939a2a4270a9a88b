package dev.korm.testkit.across;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.change.AtomicChangeContract;
import dev.korm.testkit.mysql.MySqlTestServer;
import dev.korm.testkit.postgres.PostgresServer;

class MySqlPostgresAtomicChangeTest extends AtomicChangeContract {
    private final String database = MySqlTestServer.newDatabase();
    private final String schema = PostgresServer.newSchema();

    @Override
    protected LayerSource left() {
        return MySqlTestServer.bounded(database, 4);
    }

    @Override
    protected LayerSource right() {
        return PostgresServer.bounded(schema, 4);
    }
}
