package dev.korm.testkit.memory;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.secret.ShortFingerprintsContract;

class MemoryShortFingerprintsTest extends ShortFingerprintsContract {
    @Override
    protected LayerSource source() {
        return MemoryLayer.create();
    }
}
