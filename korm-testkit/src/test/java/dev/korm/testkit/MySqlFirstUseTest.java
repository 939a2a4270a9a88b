package dev.korm.testkit;

import dev.korm.spi.LayerSource;

class MySqlFirstUseTest extends FirstUseContract {
    private final String store = MySqlTestServer.newDatabase();
    private final String other = MySqlTestServer.newDatabase();

    @Override
    LayerSource store() {
        return MySqlTestServer.in(store);
    }

    @Override
    LayerSource other() {
        return MySqlTestServer.in(other);
    }
}
