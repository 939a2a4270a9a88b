package dev.korm.testkit.postgres;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.LifecycleContract;

class PooledPostgresLifecycleTest extends LifecycleContract {
    private final String schema = PostgresServer.newSchema();

    @Override
    protected LayerSource source() {
        return PooledPostgres.in(schema);
    }
}
