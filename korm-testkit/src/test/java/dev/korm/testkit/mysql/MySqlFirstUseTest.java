package dev.korm.testkit.mysql;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.FirstUseContract;

class MySqlFirstUseTest extends FirstUseContract {
    private final String store = MySqlTestServer.newDatabase();
    private final String other = MySqlTestServer.newDatabase();

    @Override
    protected LayerSource store() {
        return MySqlTestServer.in(store);
    }

    @Override
    protected LayerSource other() {
        return MySqlTestServer.in(other);
    }
}
