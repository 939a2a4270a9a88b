package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.RotationContract;
import dev.korm.testkit.memory.MemoryLayer;

class MemoryRotationTest extends RotationContract {
    @Override
    protected LayerSource source() {
        return MemoryLayer.create();
    }
}
