package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.ReferenceContract;

class PoorLayerReferenceTest extends ReferenceContract {
    @Override
    protected LayerSource source() {
        return PoorLayer.create();
    }
}
