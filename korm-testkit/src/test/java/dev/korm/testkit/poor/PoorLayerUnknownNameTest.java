package dev.korm.testkit.poor;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.UnknownNameContract;

class PoorLayerUnknownNameTest extends UnknownNameContract {
    private final LayerSource layer = PoorLayer.create();

    @Override
    protected LayerSource source() {
        return layer;
    }
}
