package dev.korm.testkit.poor;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.change.LateWriteContract;
import dev.korm.testkit.memory.MemoryStore;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

class PoorLayerLateWriteTest extends LateWriteContract {
    private final Map<String, MemoryStore> stores = new ConcurrentHashMap<>();

    @Override
    protected LayerSource store(String name) {
        return PoorLayer.on(stores.computeIfAbsent(name, each -> new MemoryStore(Clock.systemUTC())));
    }
}
