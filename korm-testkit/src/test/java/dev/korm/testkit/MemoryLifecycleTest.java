package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.LifecycleContract;
import dev.korm.testkit.memory.MemoryLayer;

class MemoryLifecycleTest extends LifecycleContract {
    @Override
    protected LayerSource source() {
        return MemoryLayer.create();
    }
}
