package dev.korm.testkit.poor;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.ValuesContract;

class PoorLayerValuesTest extends ValuesContract {
    @Override
    protected LayerSource source() {
        return PoorLayer.create();
    }
}
