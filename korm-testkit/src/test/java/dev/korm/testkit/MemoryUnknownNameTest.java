package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.UnknownNameContract;
import dev.korm.testkit.memory.MemoryLayer;

class MemoryUnknownNameTest extends UnknownNameContract {
    private final MemoryLayer layer = MemoryLayer.create();

    @Override
    protected LayerSource source() {
        return layer;
    }
}
