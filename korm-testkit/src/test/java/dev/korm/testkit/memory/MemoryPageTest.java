package dev.korm.testkit.memory;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.query.PageContract;

class MemoryPageTest extends PageContract {
    @Override
    protected LayerSource source() {
        return MemoryLayer.create();
    }
}
