package dev.korm.testkit.mysql;

import static dev.korm.Filter.eq;
import static dev.korm.Order.asc;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class MySqlOrderKeyTest extends OrderKeyContract {
    @Override
    String newDatabase() {
        assumeTrue(MySqlTestServer.isMariaDb(), "on MySQL the layer keeps no order keys");
        return MySqlTestServer.driverUrl(MySqlTestServer.newDatabase());
    }

    /** The oldest release does not see that a range of one value is one, and sorts its rows. */
    @Test
    void pages_within_one_value_are_read_from_the_index() throws SQLException {
        readsPagesFromTheIndex(query -> query.where(eq("volume", 2)).orderBy(asc("number")));
    }
}
