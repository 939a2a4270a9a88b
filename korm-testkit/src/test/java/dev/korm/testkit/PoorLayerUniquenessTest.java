package dev.korm.testkit;

import dev.korm.spi.LayerSource;

class PoorLayerUniquenessTest extends UniquenessContract {
    @Override
    protected LayerSource source() {
        return PoorLayer.create();
    }
}
