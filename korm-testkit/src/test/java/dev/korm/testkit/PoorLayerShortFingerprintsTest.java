package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.ShortFingerprintsContract;

class PoorLayerShortFingerprintsTest extends ShortFingerprintsContract {
    @Override
    protected LayerSource source() {
        return PoorLayer.create();
    }
}
