package dev.korm.testkit.poor;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.UniquenessContract;

class PoorLayerUniquenessTest extends UniquenessContract {
    @Override
    protected LayerSource source() {
        return PoorLayer.create();
    }
}
