package dev.korm.testkit.postgres;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.change.LockContract;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

class PostgresLockTest extends LockContract {
    private final Map<String, String> schemas = new ConcurrentHashMap<>();

    @Override
    protected LayerSource store(String name) {
        return PostgresServer.bounded(schemas.computeIfAbsent(name, each -> PostgresServer.newSchema()), 8);
    }
}
