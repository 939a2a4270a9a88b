package dev.korm.testkit.mysql;

import dev.korm.jdbc.MySql;
import dev.korm.spi.Layer;
import dev.korm.spi.environment.Environment;
import dev.korm.testkit.connection.BoundedDataSource;
import dev.korm.testkit.connection.IsolatedDataSource;
import dev.korm.testkit.contract.store.FeedContract;
import java.sql.Connection;
import org.junit.jupiter.api.Nested;

/** Feeds where a user's connections have an isolation level of their own. */
class MySqlIsolatedFeedTest {
    private abstract static class AtLevel extends FeedContract {
        private final int level;
        private final String database = MySqlTestServer.newDatabase();

        AtLevel(int level) {
            this.level = level;
        }

        @Override
        protected Layer open(String name) {
            return MySql.dataSource(
                            IsolatedDataSource.at(level, BoundedDataSource.of(MySqlTestServer.driverUrl(database), 20)))
                    .open(name, Environment.system());
        }

        @Override
        protected boolean isShared() {
            return true;
        }
    }

    @Nested
    class ReadUncommitted extends AtLevel {
        ReadUncommitted() {
            super(Connection.TRANSACTION_READ_UNCOMMITTED);
        }
    }

    @Nested
    class ReadCommitted extends AtLevel {
        ReadCommitted() {
            super(Connection.TRANSACTION_READ_COMMITTED);
        }
    }

    @Nested
    class RepeatableRead extends AtLevel {
        RepeatableRead() {
            super(Connection.TRANSACTION_REPEATABLE_READ);
        }
    }

    @Nested
    class Serializable extends AtLevel {
        Serializable() {
            super(Connection.TRANSACTION_SERIALIZABLE);
        }
    }
}
