package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.memory.MemoryLayer;
import dev.korm.testkit.memory.MemoryStore;

class MemoryFirstUseTest extends FirstUseContract {
    private final MemoryStore store = MemoryLayer.create().store();
    private final MemoryStore other = MemoryLayer.create().store();

    @Override
    LayerSource store() {
        return MemoryLayer.on(store);
    }

    @Override
    LayerSource other() {
        return MemoryLayer.on(other);
    }
}
