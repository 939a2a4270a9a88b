package dev.korm.testkit;

import dev.korm.spi.LayerSource;

class MemoryLifecycleTest extends LifecycleContract {
    @Override
    protected LayerSource source() {
        return MemoryLayer.create();
    }
}
