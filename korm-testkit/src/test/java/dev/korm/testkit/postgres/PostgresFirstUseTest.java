package dev.korm.testkit.postgres;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.FirstUseContract;

class PostgresFirstUseTest extends FirstUseContract {
    private final String store = PostgresServer.newSchema();
    private final String other = PostgresServer.newSchema();

    @Override
    protected LayerSource store() {
        return PostgresServer.in(store);
    }

    @Override
    protected LayerSource other() {
        return PostgresServer.in(other);
    }
}
