package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.LateWriteContract;
import dev.korm.testkit.memory.MemoryLayer;
import dev.korm.testkit.memory.MemoryStore;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

class MemoryLateWriteTest extends LateWriteContract {
    private final Map<String, MemoryStore> stores = new ConcurrentHashMap<>();

    @Override
    protected LayerSource store(String name) {
        return MemoryLayer.on(stores.computeIfAbsent(name, each -> new MemoryStore(Clock.systemUTC())));
    }
}
