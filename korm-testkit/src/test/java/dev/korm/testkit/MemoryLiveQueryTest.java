package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.live.LiveQueryContract;
import dev.korm.testkit.memory.MemoryLayer;

class MemoryLiveQueryTest extends LiveQueryContract {
    @Override
    protected LayerSource store() {
        return MemoryLayer.create();
    }
}
