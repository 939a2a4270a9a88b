package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.ValuesContract;
import dev.korm.testkit.memory.MemoryLayer;

class MemoryValuesTest extends ValuesContract {
    @Override
    protected LayerSource source() {
        return MemoryLayer.create();
    }
}
