package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.HistoryContract;
import dev.korm.testkit.memory.MemoryLayer;

class MemoryHistoryTest extends HistoryContract {
    private final LayerSource source = MemoryLayer.create();

    @Override
    protected LayerSource source() {
        return source;
    }
}
