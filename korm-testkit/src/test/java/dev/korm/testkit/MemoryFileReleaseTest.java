package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.spi.depot.DepotSource;
import dev.korm.testkit.contract.FileReleaseContract;
import dev.korm.testkit.memory.MemoryDepot;
import dev.korm.testkit.memory.MemoryLayer;

class MemoryFileReleaseTest extends FileReleaseContract {
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
