package dev.korm.kalam.layer;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.live.RandomLiveQueriesContract;

class KalamRandomLiveQueriesTest extends RandomLiveQueriesContract {
    private final LayerSource source = KalamStores.fresh();

    @Override
    protected LayerSource store() {
        return source;
    }
}
