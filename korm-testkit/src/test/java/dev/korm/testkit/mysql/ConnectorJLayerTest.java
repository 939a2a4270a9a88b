package dev.korm.testkit.mysql;

import dev.korm.spi.Layer;
import dev.korm.spi.environment.Environment;
import dev.korm.testkit.contract.store.LayerContract;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;

class ConnectorJLayerTest extends LayerContract {
    private final ConnectorJ driver = ConnectorJ.plain(MySqlTestServer.newDatabase());

    @AfterEach
    void closeDriver() {
        driver.close();
    }

    @Override
    protected Layer open(String name) {
        return driver.source().open(name, Environment.system());
    }

    @Override
    protected boolean isShared() {
        return true;
    }

    @Override
    protected Optional<Layer> openReadOnly(String name) {
        return Optional.of(driver.source().readOnly().open(name, Environment.system()));
    }
}
