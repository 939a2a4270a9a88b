package dev.korm.testkit.poor;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.query.ReferentialContract;

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
