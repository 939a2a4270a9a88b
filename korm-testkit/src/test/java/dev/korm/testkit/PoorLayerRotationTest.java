package dev.korm.testkit;

import dev.korm.spi.LayerSource;

class PoorLayerRotationTest extends RotationContract {
    @Override
    protected LayerSource source() {
        return PoorLayer.create();
    }
}
