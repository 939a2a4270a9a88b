package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.AtomicChangeContract;

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
