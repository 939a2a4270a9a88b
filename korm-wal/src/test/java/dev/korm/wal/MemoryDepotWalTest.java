package dev.korm.wal;

import dev.korm.spi.depot.DepotSource;
import dev.korm.testkit.memory.MemoryDepot;

class MemoryDepotWalTest extends DepotWalContract {
    @Override
    protected DepotSource store() {
        return MemoryDepot.create();
    }
}
