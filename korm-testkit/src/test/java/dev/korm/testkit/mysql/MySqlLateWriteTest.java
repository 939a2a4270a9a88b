package dev.korm.testkit.mysql;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.change.LateWriteContract;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

class MySqlLateWriteTest extends LateWriteContract {
    private final Map<String, String> databases = new ConcurrentHashMap<>();

    @Override
    protected LayerSource store(String name) {
        return MySqlTestServer.bounded(databases.computeIfAbsent(name, each -> MySqlTestServer.newDatabase()), 8);
    }
}
