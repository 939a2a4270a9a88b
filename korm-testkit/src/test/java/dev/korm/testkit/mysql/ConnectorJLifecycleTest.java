package dev.korm.testkit.mysql;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.LifecycleContract;
import org.junit.jupiter.api.AfterEach;

class ConnectorJLifecycleTest extends LifecycleContract {
    private final ConnectorJ driver = ConnectorJ.plain(MySqlTestServer.newDatabase());

    @AfterEach
    void closeDriver() {
        driver.close();
    }

    @Override
    protected LayerSource source() {
        return driver.source();
    }
}
