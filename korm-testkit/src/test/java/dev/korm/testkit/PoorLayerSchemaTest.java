package dev.korm.testkit;

import dev.korm.spi.LayerSource;

class PoorLayerSchemaTest extends SchemaContract {
    private final LayerSource layer = PoorLayer.create();

    @Override
    protected LayerSource source() {
        return layer;
    }
}
