package dev.korm.kalam.layer;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.query.QueryContract;

class KalamQueryTest extends QueryContract {
    private final LayerSource source = KalamStores.fresh();

    @Override
    protected LayerSource source() {
        return source;
    }
}
