package dev.korm.testkit;

import dev.korm.spi.LayerSource;

class PoorLayerPageTest extends PageContract {
    @Override
    protected LayerSource source() {
        return PoorLayer.create();
    }
}
