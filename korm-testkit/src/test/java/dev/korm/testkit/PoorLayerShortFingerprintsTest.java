package dev.korm.testkit;

import dev.korm.spi.LayerSource;

class PoorLayerShortFingerprintsTest extends ShortFingerprintsContract {
    @Override
    protected LayerSource source() {
        return PoorLayer.create();
    }
}
