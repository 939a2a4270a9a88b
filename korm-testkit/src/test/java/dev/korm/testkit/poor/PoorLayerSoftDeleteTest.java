package dev.korm.testkit.poor;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.change.SoftDeleteContract;

class PoorLayerSoftDeleteTest extends SoftDeleteContract {
    @Override
    protected LayerSource store() {
        return PoorLayer.create();
    }
}
