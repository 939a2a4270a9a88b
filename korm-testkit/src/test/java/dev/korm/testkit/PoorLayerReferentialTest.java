package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.ReferentialContract;

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
