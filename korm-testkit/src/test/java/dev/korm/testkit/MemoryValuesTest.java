package dev.korm.testkit;

import dev.korm.spi.LayerSource;

class MemoryValuesTest extends ValuesContract {
    @Override
    protected LayerSource source() {
        return MemoryLayer.create();
    }
}
