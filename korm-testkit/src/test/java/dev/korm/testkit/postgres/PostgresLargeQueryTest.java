package dev.korm.testkit.postgres;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.query.LargeQueryContract;

class PostgresLargeQueryTest extends LargeQueryContract {
    private final String schema = PostgresServer.newSchema();

    @Override
    protected LayerSource source() {
        return PostgresServer.bounded(schema, 2);
    }
}
