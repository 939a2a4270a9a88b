package dev.korm.testkit.memory;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.query.ReferentialContract;

class MemoryReferentialTest extends ReferentialContract {
    @Override
    protected LayerSource store() {
        return MemoryLayer.create();
    }
}
