package dev.korm.testkit;

import dev.korm.spi.LayerSource;

class PoorLayerRandomItemsTest extends RandomItemsContract {
    @Override
    protected LayerSource source() {
        return PoorLayer.create();
    }
}
