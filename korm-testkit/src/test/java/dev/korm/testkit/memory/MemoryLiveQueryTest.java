package dev.korm.testkit.memory;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.live.LiveQueryContract;

class MemoryLiveQueryTest extends LiveQueryContract {
    @Override
    protected LayerSource store() {
        return MemoryLayer.create();
    }
}
