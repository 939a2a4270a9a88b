package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.ConversionContract;
import dev.korm.testkit.memory.MemoryLayer;

class MemoryConversionTest extends ConversionContract {
    private final MemoryLayer layer = MemoryLayer.create();

    @Override
    protected LayerSource source() {
        return layer;
    }
}
