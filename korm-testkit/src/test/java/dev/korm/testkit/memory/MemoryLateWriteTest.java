package dev.korm.testkit.memory;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.change.LateWriteContract;
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
