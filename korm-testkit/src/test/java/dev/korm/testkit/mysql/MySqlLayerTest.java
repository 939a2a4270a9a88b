package dev.korm.testkit.mysql;

import dev.korm.spi.Layer;
import dev.korm.spi.environment.Environment;
import dev.korm.testkit.contract.store.LayerContract;
import java.util.Optional;

class MySqlLayerTest extends LayerContract {
    private final String database = MySqlTestServer.newDatabase();

    @Override
    protected Layer open(String name) {
        return MySqlTestServer.in(database).open(name, Environment.system());
    }

    @Override
    protected boolean isShared() {
        return true;
    }

    @Override
    protected Optional<Layer> openReadOnly(String name) {
        return Optional.of(MySqlTestServer.in(database).readOnly().open(name, Environment.system()));
    }
}
