package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.spi.depot.DepotSource;
import dev.korm.testkit.contract.FileHistoryContract;
import dev.korm.testkit.memory.MemoryDepot;
import dev.korm.testkit.memory.MemoryLayer;

class MemoryFileHistoryTest extends FileHistoryContract {
    private final MemoryLayer layer = MemoryLayer.create();
    private final MemoryDepot depot = MemoryDepot.create();

    @Override
    protected LayerSource layer() {
        return layer;
    }

    @Override
    protected DepotSource depot() {
        return depot;
    }
}
