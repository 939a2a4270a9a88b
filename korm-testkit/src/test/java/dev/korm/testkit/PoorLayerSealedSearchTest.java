package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.SealedSearchContract;

class PoorLayerSealedSearchTest extends SealedSearchContract {
    @Override
    protected LayerSource source() {
        return PoorLayer.create();
    }
}
