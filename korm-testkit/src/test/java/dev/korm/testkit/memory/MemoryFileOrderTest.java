package dev.korm.testkit.memory;

import dev.korm.spi.depot.DepotSource;
import dev.korm.testkit.contract.file.FileOrderContract;

class MemoryFileOrderTest extends FileOrderContract {
    private final MemoryDepot depot = MemoryDepot.create();

    @Override
    protected DepotSource depot() {
        return depot;
    }
}
