package dev.korm.testkit.memory;

import dev.korm.spi.LayerSource;
import dev.korm.spi.depot.DepotSource;
import dev.korm.testkit.random.RandomFilesContract;

class MemoryRandomFilesTest extends RandomFilesContract {
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
