package dev.korm.testkit.memory;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.live.RandomLiveQueriesContract;

class MemoryRandomLiveQueriesTest extends RandomLiveQueriesContract {
    @Override
    protected LayerSource store() {
        return MemoryLayer.create();
    }
}
