package dev.korm.depots.sealed;

import dev.korm.key.KeyRing;
import dev.korm.spi.depot.DepotSource;
import dev.korm.testkit.contract.file.FileOrderContract;
import dev.korm.testkit.memory.MemoryDepot;
import java.util.Map;

class SealedFileOrderTest extends FileOrderContract {
    private final MemoryDepot depot = MemoryDepot.create();
    private final KeyRing ring = KeyRing.of("test", Map.of("test", new byte[32]));

    @Override
    protected DepotSource depot() {
        return SealedDepot.in(depot, ring);
    }
}
