package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.SoftDeleteContract;

class PoorLayerSoftDeleteTest extends SoftDeleteContract {
    @Override
    protected LayerSource store() {
        return PoorLayer.create();
    }
}
