package dev.korm.testkit;

import dev.korm.spi.LayerSource;

class PoorLayerSealedSearchTest extends SealedSearchContract {
    @Override
    protected LayerSource source() {
        return PoorLayer.create();
    }
}
