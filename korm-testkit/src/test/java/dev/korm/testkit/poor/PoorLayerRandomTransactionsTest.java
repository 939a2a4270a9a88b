package dev.korm.testkit.poor;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.random.RandomTransactionsContract;

class PoorLayerRandomTransactionsTest extends RandomTransactionsContract {
    @Override
    protected LayerSource source() {
        return PoorLayer.create();
    }
}
