package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.MovingContract;

class PoorLayerMovingTest extends MovingContract {
    @Override
    protected LayerSource from() {
        return PoorLayer.create();
    }

    @Override
    protected LayerSource to() {
        return PoorLayer.create();
    }
}
