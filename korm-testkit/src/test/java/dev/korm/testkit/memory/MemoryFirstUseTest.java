package dev.korm.testkit.memory;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.FirstUseContract;

class MemoryFirstUseTest extends FirstUseContract {
    private final MemoryStore store = MemoryLayer.create().store();
    private final MemoryStore other = MemoryLayer.create().store();

    @Override
    protected LayerSource store() {
        return MemoryLayer.on(store);
    }

    @Override
    protected LayerSource other() {
        return MemoryLayer.on(other);
    }
}
