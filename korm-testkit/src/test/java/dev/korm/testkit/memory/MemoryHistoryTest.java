package dev.korm.testkit.memory;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.change.HistoryContract;

class MemoryHistoryTest extends HistoryContract {
    private final LayerSource source = MemoryLayer.create();

    @Override
    protected LayerSource source() {
        return source;
    }
}
