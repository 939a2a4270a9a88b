package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.SchemaContract;
import dev.korm.testkit.memory.MemoryLayer;

class MemorySchemaTest extends SchemaContract {
    private final MemoryLayer layer = MemoryLayer.create();

    @Override
    protected LayerSource source() {
        return layer;
    }
}
