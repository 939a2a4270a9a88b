package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.MoveChangeContract;
import dev.korm.testkit.memory.MemoryLayer;

class MemoryMoveChangeTest extends MoveChangeContract {
    @Override
    protected LayerSource left() {
        return MemoryLayer.create();
    }

    @Override
    protected LayerSource right() {
        return MemoryLayer.create();
    }
}
