package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.MovingContract;
import dev.korm.testkit.memory.MemoryLayer;

class MemoryMovingTest extends MovingContract {
    @Override
    protected LayerSource from() {
        return MemoryLayer.create();
    }

    @Override
    protected LayerSource to() {
        return MemoryLayer.create();
    }
}
