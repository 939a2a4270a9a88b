package dev.korm.testkit;

import dev.korm.spi.LayerSource;

class MemorySchemaTest extends SchemaContract {
    private final MemoryLayer layer = MemoryLayer.create();

    @Override
    protected LayerSource source() {
        return layer;
    }
}
