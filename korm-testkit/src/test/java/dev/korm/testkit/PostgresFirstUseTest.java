package dev.korm.testkit;

import dev.korm.spi.LayerSource;

class PostgresFirstUseTest extends FirstUseContract {
    private final String store = PostgresServer.newSchema();
    private final String other = PostgresServer.newSchema();

    @Override
    LayerSource store() {
        return PostgresServer.in(store);
    }

    @Override
    LayerSource other() {
        return PostgresServer.in(other);
    }
}
