package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.ReferentialContract;
import dev.korm.testkit.memory.MemoryLayer;

class MemoryReferentialTest extends ReferentialContract {
    @Override
    protected LayerSource store() {
        return MemoryLayer.create();
    }
}
