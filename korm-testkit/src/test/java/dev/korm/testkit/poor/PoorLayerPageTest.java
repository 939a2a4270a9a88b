package dev.korm.testkit.poor;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.query.PageContract;

class PoorLayerPageTest extends PageContract {
    @Override
    protected LayerSource source() {
        return PoorLayer.create();
    }

    @Override
    protected boolean keepsSnapshots() {
        return false;
    }
}
