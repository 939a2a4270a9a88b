package dev.korm.kalam.layer;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.query.ReferentialContract;

class KalamReferentialTest extends ReferentialContract {
    private final LayerSource source = KalamStores.fresh();

    @Override
    protected LayerSource store() {
        return source;
    }
}
