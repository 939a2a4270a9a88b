package dev.korm.testkit.mysql;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.query.QueryContract;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;

class ConnectorJQueryTest extends QueryContract {
    private final ConnectorJ driver;

    ConnectorJQueryTest() throws SQLException {
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
