package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.QueryContract;

class PoorLayerQueryTest extends QueryContract {
    @Override
    protected LayerSource source() {
        return PoorLayer.create();
    }
}
