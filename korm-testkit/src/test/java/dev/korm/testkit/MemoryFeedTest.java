package dev.korm.testkit;

import dev.korm.spi.Environment;
import dev.korm.spi.Layer;
import dev.korm.testkit.contract.store.FeedContract;
import dev.korm.testkit.memory.MemoryLayer;

class MemoryFeedTest extends FeedContract {
    private final MemoryLayer source = MemoryLayer.create();

    @Override
    protected Layer open(String name) {
        return source.open(name, Environment.system());
    }

    @Override
    protected boolean isShared() {
        return true;
    }
}
