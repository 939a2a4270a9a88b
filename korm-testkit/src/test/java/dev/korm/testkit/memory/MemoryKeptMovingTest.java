package dev.korm.testkit.memory;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.change.KeptMovingContract;

class MemoryKeptMovingTest extends KeptMovingContract {
    @Override
    protected LayerSource from() {
        return MemoryLayer.create();
    }

    @Override
    protected LayerSource to() {
        return MemoryLayer.create();
    }
}
