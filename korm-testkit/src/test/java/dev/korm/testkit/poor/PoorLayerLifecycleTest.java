package dev.korm.testkit.poor;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.LifecycleContract;

class PoorLayerLifecycleTest extends LifecycleContract {
    @Override
    protected LayerSource source() {
        return PoorLayer.create();
    }
}
