package dev.korm.testkit.poor;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.query.ReferenceContract;

class PoorLayerReferenceTest extends ReferenceContract {
    @Override
    protected LayerSource source() {
        return PoorLayer.create();
    }
}
