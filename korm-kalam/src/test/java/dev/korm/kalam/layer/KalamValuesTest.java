package dev.korm.kalam.layer;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.ValuesContract;

class KalamValuesTest extends ValuesContract {
    private final LayerSource source = KalamStores.fresh();

    @Override
    protected LayerSource source() {
        return source;
    }
}
