package dev.korm.testkit.memory;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.change.SoftDeleteContract;

class MemorySoftDeleteTest extends SoftDeleteContract {
    @Override
    protected LayerSource store() {
        return MemoryLayer.create();
    }
}
