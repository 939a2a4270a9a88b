package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.SoftDeleteContract;
import dev.korm.testkit.memory.MemoryLayer;

class MemorySoftDeleteTest extends SoftDeleteContract {
    @Override
    protected LayerSource store() {
        return MemoryLayer.create();
    }
}
