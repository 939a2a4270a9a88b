package dev.korm.kalam.layer;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.change.LockContract;
import java.util.HashMap;
import java.util.Map;

class KalamLockTest extends LockContract {
    private final Map<String, LayerSource> stores = new HashMap<>();

    @Override
    protected LayerSource store(String name) {
        return stores.computeIfAbsent(name, each -> KalamStores.fresh());
    }
}
