package dev.korm.testkit.memory;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.random.RandomItemsContract;

class MemoryRandomItemsTest extends RandomItemsContract {
    @Override
    protected LayerSource source() {
        return MemoryLayer.create();
    }
}
