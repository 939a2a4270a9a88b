package dev.korm.testkit.memory;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.MetaContract;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

class MemoryMetaTest extends MetaContract {
    private final Map<String, MemoryStore> stores = new ConcurrentHashMap<>();

    @Override
    protected LayerSource store(String name) {
        return layer(name).withoutPushdown().withoutJoins().withoutHeldTransactions();
    }

    @Override
    protected Optional<LayerSource> readOnly(String name) {
        return Optional.of(layer(name).readOnly());
    }

    private MemoryLayer layer(String name) {
        return MemoryLayer.on(stores.computeIfAbsent(name, each -> new MemoryStore()));
    }
}
