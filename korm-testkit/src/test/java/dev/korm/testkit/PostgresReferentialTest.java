package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.ReferentialContract;

class PostgresReferentialTest extends ReferentialContract {
    private final String schema = PostgresServer.newSchema();

    @Override
    protected LayerSource store() {
        return PostgresServer.bounded(schema, 1);
    }
}
