package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.TransactionContract;
import dev.korm.testkit.memory.MemoryLayer;

class MemoryTransactionTest extends TransactionContract {
    @Override
    protected LayerSource source() {
        return MemoryLayer.create();
    }
}
