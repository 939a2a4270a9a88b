package dev.korm.testkit;

import dev.korm.spi.LayerSource;

class MemoryReferenceTest extends ReferenceContract {
    @Override
    protected LayerSource source() {
        return MemoryLayer.create();
    }
}
