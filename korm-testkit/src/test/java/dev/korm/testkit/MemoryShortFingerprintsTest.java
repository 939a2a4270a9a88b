package dev.korm.testkit;

import dev.korm.spi.LayerSource;

class MemoryShortFingerprintsTest extends ShortFingerprintsContract {
    @Override
    protected LayerSource source() {
        return MemoryLayer.create();
    }
}
