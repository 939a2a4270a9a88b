package dev.korm.testkit.mysql;

import dev.korm.PoolBuilder;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.change.LockContract;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** On MariaDB, in pools that keep a history; the other stores' tests keep none. */
class MySqlLockTest extends LockContract {
    private final Map<String, String> databases = new ConcurrentHashMap<>();

    @Override
    protected LayerSource store(String name) {
        return MySqlTestServer.bounded(databases.computeIfAbsent(name, each -> MySqlTestServer.newDatabase()), 8);
    }

    @Override
    protected PoolBuilder configured(PoolBuilder pool) {
        return pool.withHistory();
    }
}
