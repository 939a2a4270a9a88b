package dev.korm.kalam.layer;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.random.RandomTransactionsContract;

class KalamRandomTransactionsTest extends RandomTransactionsContract {
    private final LayerSource source = KalamStores.fresh();

    @Override
    protected LayerSource source() {
        return source;
    }
}
