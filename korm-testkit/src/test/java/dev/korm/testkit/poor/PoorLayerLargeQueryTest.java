package dev.korm.testkit.poor;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.query.LargeQueryContract;

class PoorLayerLargeQueryTest extends LargeQueryContract {
    @Override
    protected LayerSource source() {
        return PoorLayer.create();
    }
}
