package dev.korm.testkit.memory;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.change.MoveChangeContract;

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
