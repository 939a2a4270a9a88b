package dev.korm.testkit.memory;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.query.LargeQueryContract;

class MemoryLargeQueryTest extends LargeQueryContract {
    @Override
    protected LayerSource source() {
        return MemoryLayer.create();
    }
}
