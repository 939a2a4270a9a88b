package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.memory.MemoryLayer;
import dev.korm.testkit.random.RandomItemsContract;

class MemoryRandomItemsTest extends RandomItemsContract {
    @Override
    protected LayerSource source() {
        return MemoryLayer.create();
    }
}
