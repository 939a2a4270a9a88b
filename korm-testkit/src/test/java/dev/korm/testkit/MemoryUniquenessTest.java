package dev.korm.testkit;

import dev.korm.spi.LayerSource;

class MemoryUniquenessTest extends UniquenessContract {
    @Override
    protected LayerSource source() {
        return MemoryLayer.create();
    }
}
