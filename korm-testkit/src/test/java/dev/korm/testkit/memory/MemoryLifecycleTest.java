package dev.korm.testkit.memory;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.LifecycleContract;

class MemoryLifecycleTest extends LifecycleContract {
    @Override
    protected LayerSource source() {
        return MemoryLayer.create();
    }
}
