package dev.korm.testkit.postgres;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.korm.jdbc.Postgres;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.live.LiveQueryContract;
import org.junit.jupiter.api.BeforeAll;

/** Live queries that read the server's log. */
class PostgresLogLiveQueryTest extends LiveQueryContract {
    private final String schema = PostgresServer.newSchema();

    @BeforeAll
    static void requireOwnServer() {
        assumeFalse(PostgresServer.isGiven());
    }

    @Override
    protected LayerSource store() {
        return PostgresServer.in(schema).feed(Postgres.Feed.LOG);
    }
}
