package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.memory.MemoryLayer;
import dev.korm.testkit.random.RandomTransactionsContract;

class MemoryRandomTransactionsTest extends RandomTransactionsContract {
    @Override
    protected LayerSource source() {
        return MemoryLayer.create();
    }
}
