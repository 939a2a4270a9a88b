package dev.korm.testkit.postgres;

import dev.korm.spi.Layer;
import dev.korm.spi.environment.Environment;
import dev.korm.testkit.contract.store.FeedContract;

class PostgresFeedTest extends FeedContract {
    private final String schema = PostgresServer.newSchema();

    @Override
    protected Layer open(String name) {
        return PostgresServer.in(schema).open(name, Environment.system());
    }

    @Override
    protected boolean isShared() {
        return true;
    }
}
