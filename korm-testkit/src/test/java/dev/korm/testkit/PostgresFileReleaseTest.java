package dev.korm.testkit;

import dev.korm.spi.DepotSource;
import dev.korm.spi.LayerSource;

class PostgresFileReleaseTest extends FileReleaseContract {
    private final String schema = PostgresServer.newSchema();
    private final MemoryDepot depot = MemoryDepot.create();

    @Override
    protected LayerSource layer() {
        return PostgresServer.in(schema);
    }

    @Override
    protected DepotSource depot() {
        return depot;
    }
}
