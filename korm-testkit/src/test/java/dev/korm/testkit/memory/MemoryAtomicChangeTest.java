package dev.korm.testkit.memory;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.change.AtomicChangeContract;

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
