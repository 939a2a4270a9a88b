package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.PageContract;
import dev.korm.testkit.memory.MemoryLayer;

class MemoryPageTest extends PageContract {
    @Override
    protected LayerSource source() {
        return MemoryLayer.create();
    }
}
