package dev.korm.testkit.memory;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.query.ReferenceContract;

class MemoryReferenceTest extends ReferenceContract {
    @Override
    protected LayerSource source() {
        return MemoryLayer.create();
    }
}
