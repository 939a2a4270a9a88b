package dev.korm.kalam.layer;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.change.SoftDeleteContract;

class KalamSoftDeleteTest extends SoftDeleteContract {
    private final LayerSource source = KalamStores.fresh();

    @Override
    protected LayerSource store() {
        return source;
    }
}
