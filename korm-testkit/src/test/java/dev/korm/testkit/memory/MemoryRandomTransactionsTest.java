package dev.korm.testkit.memory;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.random.RandomTransactionsContract;

class MemoryRandomTransactionsTest extends RandomTransactionsContract {
    @Override
    protected LayerSource source() {
        return MemoryLayer.create();
    }
}
