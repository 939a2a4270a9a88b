package dev.korm.testkit.memory;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.secret.RotationContract;

class MemoryRotationTest extends RotationContract {
    @Override
    protected LayerSource source() {
        return MemoryLayer.create();
    }
}
