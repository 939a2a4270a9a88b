package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.PageContract;

class PoorLayerPageTest extends PageContract {
    @Override
    protected LayerSource source() {
        return PoorLayer.create();
    }
}
