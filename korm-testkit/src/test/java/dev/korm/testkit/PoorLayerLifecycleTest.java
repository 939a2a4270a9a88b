package dev.korm.testkit;

import dev.korm.spi.LayerSource;

class PoorLayerLifecycleTest extends LifecycleContract {
    @Override
    protected LayerSource source() {
        return PoorLayer.create();
    }
}
