package dev.korm.testkit;

import dev.korm.spi.LayerSource;

class PoorLayerQueryTest extends QueryContract {
    @Override
    protected LayerSource source() {
        return PoorLayer.create();
    }
}
