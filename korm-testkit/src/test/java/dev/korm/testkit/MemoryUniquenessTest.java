package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.UniquenessContract;
import dev.korm.testkit.memory.MemoryLayer;

class MemoryUniquenessTest extends UniquenessContract {
    @Override
    protected LayerSource source() {
        return MemoryLayer.create();
    }
}
