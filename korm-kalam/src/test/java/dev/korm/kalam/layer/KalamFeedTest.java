package dev.korm.kalam.layer;

import dev.korm.spi.Layer;
import dev.korm.spi.environment.Environment;
import dev.korm.testkit.contract.store.FeedContract;

/** The contract of a change feed, over a server with all its traps, or a real one. */
class KalamFeedTest extends FeedContract {
    private final KalamNamespace namespace = KalamStores.fresh();

    @Override
    protected Layer open(String name) {
        return namespace.open(name, Environment.system());
    }

    @Override
    protected boolean isShared() {
        return true;
    }
}
