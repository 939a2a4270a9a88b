package dev.korm.testkit.poor;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.DefaultContract;

class PoorLayerDefaultTest extends DefaultContract {
    private final LayerSource layer = PoorLayer.create();

    @Override
    protected LayerSource source() {
        return layer;
    }
}
