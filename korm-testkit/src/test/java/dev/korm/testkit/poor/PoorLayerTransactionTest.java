package dev.korm.testkit.poor;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.change.TransactionContract;

class PoorLayerTransactionTest extends TransactionContract {
    @Override
    protected LayerSource source() {
        return PoorLayer.create();
    }
}
