package dev.korm.testkit.postgres;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.live.RandomLiveQueriesContract;

class PostgresRandomLiveQueriesTest extends RandomLiveQueriesContract {
    private final String schema = PostgresServer.newSchema();

    @Override
    protected LayerSource store() {
        return PostgresServer.in(schema);
    }
}
