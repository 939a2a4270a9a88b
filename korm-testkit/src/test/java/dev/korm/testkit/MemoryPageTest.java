package dev.korm.testkit;

import dev.korm.spi.LayerSource;

class MemoryPageTest extends PageContract {
    @Override
    protected LayerSource source() {
        return MemoryLayer.create();
    }
}
