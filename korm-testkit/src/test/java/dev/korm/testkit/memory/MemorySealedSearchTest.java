package dev.korm.testkit.memory;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.secret.SealedSearchContract;

class MemorySealedSearchTest extends SealedSearchContract {
    @Override
    protected LayerSource source() {
        return MemoryLayer.create();
    }
}
