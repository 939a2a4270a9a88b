package dev.korm.testkit;

import dev.korm.spi.LayerSource;

class MemoryReferentialTest extends ReferentialContract {
    @Override
    protected LayerSource store() {
        return MemoryLayer.create();
    }
}
