package dev.korm.testkit;

import dev.korm.spi.LayerSource;

class PoorLayerValuesTest extends ValuesContract {
    @Override
    protected LayerSource source() {
        return PoorLayer.create();
    }
}
