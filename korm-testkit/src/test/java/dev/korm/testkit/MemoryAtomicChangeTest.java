package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.AtomicChangeContract;
import dev.korm.testkit.memory.MemoryLayer;

class MemoryAtomicChangeTest extends AtomicChangeContract {

    @Override
    protected LayerSource left() {
        return MemoryLayer.create();
    }

    @Override
    protected LayerSource right() {
        return MemoryLayer.create();
    }
}
