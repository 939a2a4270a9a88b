package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.SealedSearchContract;
import dev.korm.testkit.memory.MemoryLayer;

class MemorySealedSearchTest extends SealedSearchContract {
    @Override
    protected LayerSource source() {
        return MemoryLayer.create();
    }
}
