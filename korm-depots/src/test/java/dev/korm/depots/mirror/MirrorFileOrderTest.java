package dev.korm.depots.mirror;

import dev.korm.spi.depot.DepotSource;
import dev.korm.testkit.contract.file.FileOrderContract;
import dev.korm.testkit.memory.MemoryDepot;

class MirrorFileOrderTest extends FileOrderContract {
    private final MemoryDepot first = MemoryDepot.create();
    private final MemoryDepot second = MemoryDepot.create();

    @Override
    protected DepotSource depot() {
        return MirrorDepot.of(first, second);
    }
}
