package dev.korm.testkit.memory;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.change.MovingContract;

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
