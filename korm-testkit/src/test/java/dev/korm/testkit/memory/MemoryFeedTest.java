package dev.korm.testkit.memory;

import dev.korm.spi.Layer;
import dev.korm.spi.environment.Environment;
import dev.korm.testkit.contract.store.FeedContract;

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
