package dev.korm.testkit;

import dev.korm.spi.LayerSource;

class PoorLayerReferentialTest extends ReferentialContract {
    @Override
    protected LayerSource store() {
        return PoorLayer.create();
    }

    @Override
    protected boolean guardsBatches() {
        return false;
    }
}
