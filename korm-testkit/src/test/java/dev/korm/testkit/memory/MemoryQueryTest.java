package dev.korm.testkit.memory;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.query.QueryContract;

class MemoryQueryTest extends QueryContract {
    @Override
    protected LayerSource source() {
        return MemoryLayer.create();
    }
}
