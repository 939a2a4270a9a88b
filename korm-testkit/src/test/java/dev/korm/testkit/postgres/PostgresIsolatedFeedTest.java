package dev.korm.testkit.postgres;

import dev.korm.jdbc.Postgres;
import dev.korm.spi.Layer;
import dev.korm.spi.environment.Environment;
import dev.korm.testkit.connection.BoundedDataSource;
import dev.korm.testkit.connection.IsolatedDataSource;
import dev.korm.testkit.contract.store.FeedContract;
import java.sql.Connection;
import org.junit.jupiter.api.Nested;

/** Feeds where a user's connections have an isolation level of their own. */
class PostgresIsolatedFeedTest {
    private abstract static class AtLevel extends FeedContract {
        private final int level;
        private final String schema = PostgresServer.newSchema();

        AtLevel(int level) {
            this.level = level;
        }

        @Override
        protected Layer open(String name) {
            return Postgres.dataSource(
                            IsolatedDataSource.at(level, BoundedDataSource.of(PostgresServer.driverUrl(), 20)))
                    .schema(schema)
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
