package dev.korm.testkit.mysql;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

class MySqlOrderKeyTest extends OrderKeyContract {
    @Override
    String newDatabase() {
        assumeTrue(MySqlTestServer.isMariaDb(), "on MySQL the layer keeps no order keys");
        return MySqlTestServer.driverUrl(MySqlTestServer.newDatabase());
    }
}
