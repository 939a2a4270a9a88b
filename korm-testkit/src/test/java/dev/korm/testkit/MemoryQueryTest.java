package dev.korm.testkit;

import dev.korm.spi.LayerSource;

class MemoryQueryTest extends QueryContract {
    @Override
    protected LayerSource source() {
        return MemoryLayer.create();
    }
}
