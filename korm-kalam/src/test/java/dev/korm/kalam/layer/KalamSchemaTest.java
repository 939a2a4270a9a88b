package dev.korm.kalam.layer;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.SchemaContract;

class KalamSchemaTest extends SchemaContract {
    private final LayerSource source = KalamStores.fresh();

    @Override
    protected LayerSource source() {
        return source;
    }
}
