package dev.korm.testkit.poor;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.secret.ShortFingerprintsContract;

class PoorLayerShortFingerprintsTest extends ShortFingerprintsContract {
    @Override
    protected LayerSource source() {
        return PoorLayer.create();
    }
}
