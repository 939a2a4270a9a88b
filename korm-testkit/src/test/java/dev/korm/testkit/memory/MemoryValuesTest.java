package dev.korm.testkit.memory;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.ValuesContract;

class MemoryValuesTest extends ValuesContract {
    @Override
    protected LayerSource source() {
        return MemoryLayer.create();
    }
}
