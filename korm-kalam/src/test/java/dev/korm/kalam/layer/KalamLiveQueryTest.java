package dev.korm.kalam.layer;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.live.LiveQueryContract;

class KalamLiveQueryTest extends LiveQueryContract {
    private final LayerSource source = KalamStores.fresh();

    @Override
    protected LayerSource store() {
        return source;
    }
}
