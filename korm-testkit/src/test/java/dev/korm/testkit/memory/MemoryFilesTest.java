package dev.korm.testkit.memory;

import dev.korm.spi.LayerSource;
import dev.korm.spi.depot.DepotSource;
import dev.korm.testkit.contract.file.FilesContract;

class MemoryFilesTest extends FilesContract {
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
