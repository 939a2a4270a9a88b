package dev.korm.testkit;

import dev.korm.spi.LayerSource;

class PoorLayerReferenceTest extends ReferenceContract {
    @Override
    protected LayerSource source() {
        return PoorLayer.create();
    }
}
