package dev.korm.testkit.mysql;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.query.LargeQueryContract;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;

class ConnectorJLargeQueryTest extends LargeQueryContract {
    private final ConnectorJ driver;

    ConnectorJLargeQueryTest() throws SQLException {
        driver = ConnectorJ.preparing(MySqlTestServer.newDatabase());
    }

    @AfterEach
    void closeDriver() {
        driver.close();
    }

    @Override
    protected LayerSource source() {
        return driver.source();
    }
}
