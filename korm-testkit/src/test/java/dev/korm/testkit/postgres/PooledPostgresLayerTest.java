package dev.korm.testkit.postgres;

import dev.korm.spi.Layer;
import dev.korm.spi.environment.Environment;
import dev.korm.testkit.contract.store.LayerContract;
import java.util.Optional;

class PooledPostgresLayerTest extends LayerContract {
    private final String schema = PostgresServer.newSchema();

    @Override
    protected Layer open(String name) {
        return PooledPostgres.in(schema).open(name, Environment.system());
    }

    @Override
    protected boolean isShared() {
        return true;
    }

    @Override
    protected Optional<Layer> openReadOnly(String name) {
        return Optional.of(PooledPostgres.in(schema).readOnly().open(name, Environment.system()));
    }
}
