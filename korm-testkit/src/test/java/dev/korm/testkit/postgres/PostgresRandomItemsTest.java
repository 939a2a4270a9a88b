package dev.korm.testkit.postgres;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.random.RandomItemsContract;

class PostgresRandomItemsTest extends RandomItemsContract {
    private final String schema = PostgresServer.newSchema();

    @Override
    protected LayerSource source() {
        return PostgresServer.in(schema);
    }
}
