package dev.korm.testkit.memory;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.UniquenessContract;

class MemoryUniquenessTest extends UniquenessContract {
    @Override
    protected LayerSource source() {
        return MemoryLayer.create();
    }
}
