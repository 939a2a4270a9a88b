package dev.korm.testkit;

import dev.korm.spi.LayerSource;

class MemoryRandomItemsTest extends RandomItemsContract {
    @Override
    protected LayerSource source() {
        return MemoryLayer.create();
    }
}
