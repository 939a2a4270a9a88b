package dev.korm.testkit.mysql;

import dev.korm.jdbc.MySql;
import dev.korm.spi.Layer;
import dev.korm.spi.environment.Environment;
import dev.korm.testkit.contract.store.LayerContract;
import java.util.Optional;

class OldestMariaDbLayerTest extends LayerContract {
    private final MySql source = OldestMariaDb.inNewDatabase();

    @Override
    protected Layer open(String name) {
        return source.open(name, Environment.system());
    }

    @Override
    protected boolean isShared() {
        return true;
    }

    @Override
    protected Optional<Layer> openReadOnly(String name) {
        return Optional.of(source.readOnly().open(name, Environment.system()));
    }
}
