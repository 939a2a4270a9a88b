package dev.korm.testkit;

import dev.korm.jdbc.Postgres;
import dev.korm.spi.Environment;
import dev.korm.spi.Layer;
import dev.korm.testkit.contract.store.FeedContract;
import java.sql.Connection;
import org.junit.jupiter.api.Nested;

/** Feeds where a user's connections have an isolation level of their own. */
class PostgresIsolatedFeedTest {
    @Nested
    class ReadUncommitted extends FeedContract {
        private final String schema = PostgresServer.newSchema();

        @Override
        protected Layer open(String name) {
            return Postgres.dataSource(IsolatedDataSource.at(
                            Connection.TRANSACTION_READ_UNCOMMITTED,
                            BoundedDataSource.of(PostgresServer.driverUrl(), 20)))
                    .schema(schema)
                    .open(name, Environment.system());
        }

        @Override
        protected boolean isShared() {
            return true;
        }
    }

    @Nested
    class ReadCommitted extends FeedContract {
        private final String schema = PostgresServer.newSchema();

        @Override
        protected Layer open(String name) {
            return Postgres.dataSource(IsolatedDataSource.at(
                            Connection.TRANSACTION_READ_COMMITTED,
                            BoundedDataSource.of(PostgresServer.driverUrl(), 20)))
                    .schema(schema)
                    .open(name, Environment.system());
        }

        @Override
        protected boolean isShared() {
            return true;
        }
    }

    @Nested
    class RepeatableRead extends FeedContract {
        private final String schema = PostgresServer.newSchema();

        @Override
        protected Layer open(String name) {
            return Postgres.dataSource(IsolatedDataSource.at(
                            Connection.TRANSACTION_REPEATABLE_READ,
                            BoundedDataSource.of(PostgresServer.driverUrl(), 20)))
                    .schema(schema)
                    .open(name, Environment.system());
        }

        @Override
        protected boolean isShared() {
            return true;
        }
    }

    @Nested
    class Serializable extends FeedContract {
        private final String schema = PostgresServer.newSchema();

        @Override
        protected Layer open(String name) {
            return Postgres.dataSource(IsolatedDataSource.at(
                            Connection.TRANSACTION_SERIALIZABLE, BoundedDataSource.of(PostgresServer.driverUrl(), 20)))
                    .schema(schema)
                    .open(name, Environment.system());
        }

        @Override
        protected boolean isShared() {
            return true;
        }
    }
}
