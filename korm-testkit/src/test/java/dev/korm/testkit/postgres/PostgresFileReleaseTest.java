package dev.korm.testkit.postgres;

import dev.korm.spi.LayerSource;
import dev.korm.spi.depot.DepotSource;
import dev.korm.testkit.contract.file.FileReleaseContract;
import dev.korm.testkit.memory.MemoryDepot;

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
