package dev.korm.testkit.memory;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.change.TransactionContract;

class MemoryTransactionTest extends TransactionContract {
    @Override
    protected LayerSource source() {
        return MemoryLayer.create();
    }
}
