package dev.korm.testkit.poor;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.SchemaContract;

class PoorLayerSchemaTest extends SchemaContract {
    private final LayerSource layer = PoorLayer.create();

    @Override
    protected LayerSource source() {
        return layer;
    }
}
