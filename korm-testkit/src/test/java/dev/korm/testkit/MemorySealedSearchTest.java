package dev.korm.testkit;

import dev.korm.spi.LayerSource;

class MemorySealedSearchTest extends SealedSearchContract {
    @Override
    protected LayerSource source() {
        return MemoryLayer.create();
    }
}
