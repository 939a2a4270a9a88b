package dev.korm.testkit.poor;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.change.KeptMovingContract;

class PoorLayerKeptMovingTest extends KeptMovingContract {
    @Override
    protected LayerSource from() {
        return PoorLayer.create();
    }

    @Override
    protected LayerSource to() {
        return PoorLayer.create();
    }

    @Override
    protected boolean keepsTransactionsOpen() {
        return false;
    }
}
