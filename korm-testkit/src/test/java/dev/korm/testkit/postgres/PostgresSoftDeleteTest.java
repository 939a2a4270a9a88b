package dev.korm.testkit.postgres;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.change.SoftDeleteContract;

class PostgresSoftDeleteTest extends SoftDeleteContract {
    private final String schema = PostgresServer.newSchema();

    @Override
    protected LayerSource store() {
        return PostgresServer.bounded(schema, 1);
    }
}
