package dev.korm.testkit;

import dev.korm.spi.LayerSource;

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
