package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.ShortFingerprintsContract;
import dev.korm.testkit.memory.MemoryLayer;

class MemoryShortFingerprintsTest extends ShortFingerprintsContract {
    @Override
    protected LayerSource source() {
        return MemoryLayer.create();
    }
}
