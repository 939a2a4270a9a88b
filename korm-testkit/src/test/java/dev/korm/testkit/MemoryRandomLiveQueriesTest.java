package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.live.RandomLiveQueriesContract;
import dev.korm.testkit.memory.MemoryLayer;

class MemoryRandomLiveQueriesTest extends RandomLiveQueriesContract {
    @Override
    protected LayerSource store() {
        return MemoryLayer.create();
    }
}
