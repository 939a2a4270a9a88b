package dev.korm.testkit;

import dev.korm.spi.DepotSource;
import dev.korm.spi.LayerSource;

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
