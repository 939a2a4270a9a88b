package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.DefaultContract;
import dev.korm.testkit.memory.MemoryLayer;

class MemoryDefaultTest extends DefaultContract {
    private final MemoryLayer layer = MemoryLayer.create();

    @Override
    protected LayerSource source() {
        return layer;
    }
}
