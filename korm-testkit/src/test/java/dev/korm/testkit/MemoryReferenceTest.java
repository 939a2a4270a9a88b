package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.ReferenceContract;
import dev.korm.testkit.memory.MemoryLayer;

class MemoryReferenceTest extends ReferenceContract {
    @Override
    protected LayerSource source() {
        return MemoryLayer.create();
    }
}
