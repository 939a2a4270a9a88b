package dev.korm.kalam.layer;

import dev.korm.spi.LayerSource;
import dev.korm.spi.depot.DepotSource;
import dev.korm.testkit.contract.file.FilesContract;
import dev.korm.testkit.memory.MemoryDepot;

/** Files in a depot beside items in a namespace of KalamDB. */
class KalamFilesTest extends FilesContract {
    private final LayerSource layer = KalamStores.fresh();
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
