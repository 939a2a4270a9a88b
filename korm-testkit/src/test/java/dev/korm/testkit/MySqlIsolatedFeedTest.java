package dev.korm.testkit;

import dev.korm.jdbc.MySql;
import dev.korm.spi.Environment;
import dev.korm.spi.Layer;
import dev.korm.testkit.contract.store.FeedContract;
import java.sql.Connection;
import org.junit.jupiter.api.Nested;

/** Feeds where a user's connections have an isolation level of their own. */
class MySqlIsolatedFeedTest {
    @Nested
    class ReadUncommitted extends FeedContract {
        private final String database = MySqlTestServer.newDatabase();

        @Override
        protected Layer open(String name) {
            return MySql.dataSource(IsolatedDataSource.at(
                            Connection.TRANSACTION_READ_UNCOMMITTED,
                            BoundedDataSource.of(MySqlTestServer.driverUrl(database), 20)))
                    .open(name, Environment.system());
        }

        @Override
        protected boolean isShared() {
            return true;
        }
    }

    @Nested
    class ReadCommitted extends FeedContract {
        private final String database = MySqlTestServer.newDatabase();

        @Override
        protected Layer open(String name) {
            return MySql.dataSource(IsolatedDataSource.at(
                            Connection.TRANSACTION_READ_COMMITTED,
                            BoundedDataSource.of(MySqlTestServer.driverUrl(database), 20)))
                    .open(name, Environment.system());
        }

        @Override
        protected boolean isShared() {
            return true;
        }
    }

    @Nested
    class RepeatableRead extends FeedContract {
        private final String database = MySqlTestServer.newDatabase();

        @Override
        protected Layer open(String name) {
            return MySql.dataSource(IsolatedDataSource.at(
                            Connection.TRANSACTION_REPEATABLE_READ,
                            BoundedDataSource.of(MySqlTestServer.driverUrl(database), 20)))
                    .open(name, Environment.system());
        }

        @Override
        protected boolean isShared() {
            return true;
        }
    }

    @Nested
    class Serializable extends FeedContract {
        private final String database = MySqlTestServer.newDatabase();

        @Override
        protected Layer open(String name) {
            return MySql.dataSource(IsolatedDataSource.at(
                            Connection.TRANSACTION_SERIALIZABLE,
                            BoundedDataSource.of(MySqlTestServer.driverUrl(database), 20)))
                    .open(name, Environment.system());
        }

        @Override
        protected boolean isShared() {
            return true;
        }
    }
}
