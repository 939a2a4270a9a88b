package dev.korm.testkit.poor;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.query.QueryContract;

class PoorLayerQueryTest extends QueryContract {
    @Override
    protected LayerSource source() {
        return PoorLayer.create();
    }
}
