package dev.korm.testkit.poor;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.random.RandomItemsContract;

class PoorLayerRandomItemsTest extends RandomItemsContract {
    @Override
    protected LayerSource source() {
        return PoorLayer.create();
    }
}
