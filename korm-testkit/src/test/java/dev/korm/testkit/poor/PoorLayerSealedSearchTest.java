package dev.korm.testkit.poor;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.secret.SealedSearchContract;

class PoorLayerSealedSearchTest extends SealedSearchContract {
    @Override
    protected LayerSource source() {
        return PoorLayer.create();
    }
}
