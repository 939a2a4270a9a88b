package dev.korm.kalam.layer;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.random.RandomItemsContract;

class KalamRandomItemsTest extends RandomItemsContract {
    private final LayerSource source = KalamStores.fresh();

    @Override
    protected LayerSource source() {
        return source;
    }
}
