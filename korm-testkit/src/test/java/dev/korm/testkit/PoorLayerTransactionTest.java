package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.TransactionContract;

class PoorLayerTransactionTest extends TransactionContract {
    @Override
    protected LayerSource source() {
        return PoorLayer.create();
    }
}
