package dev.korm.testkit.memory;

import dev.korm.spi.LayerSource;
import dev.korm.spi.depot.DepotSource;
import dev.korm.testkit.contract.file.FileRecoveryContract;
import java.util.HashMap;
import java.util.Map;

class MemoryFileRecoveryTest extends FileRecoveryContract {
    private final MemoryLayer layer = MemoryLayer.create();
    private final Map<String, MemoryDepot> depots = new HashMap<>();

    @Override
    protected LayerSource layer() {
        return layer;
    }

    @Override
    protected DepotSource depot(String name) {
        return depots.computeIfAbsent(name, any -> MemoryDepot.create());
    }
}
