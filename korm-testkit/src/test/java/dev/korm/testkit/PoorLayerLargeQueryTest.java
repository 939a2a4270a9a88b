package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.LargeQueryContract;

class PoorLayerLargeQueryTest extends LargeQueryContract {
    @Override
    protected LayerSource source() {
        return PoorLayer.create();
    }
}
