package dev.korm.testkit;

import dev.korm.spi.LayerSource;

class MemoryRotationTest extends RotationContract {
    @Override
    protected LayerSource source() {
        return MemoryLayer.create();
    }
}
