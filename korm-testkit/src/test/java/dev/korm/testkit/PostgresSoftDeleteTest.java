package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.SoftDeleteContract;

class PostgresSoftDeleteTest extends SoftDeleteContract {
    private final String schema = PostgresServer.newSchema();

    @Override
    protected LayerSource store() {
        return PostgresServer.bounded(schema, 1);
    }
}
