package dev.korm.testkit.memory;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.UnknownNameContract;

class MemoryUnknownNameTest extends UnknownNameContract {
    private final MemoryLayer layer = MemoryLayer.create();

    @Override
    protected LayerSource source() {
        return layer;
    }
}
