package dev.korm.testkit.postgres;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.korm.jdbc.Postgres;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.live.RandomLiveQueriesContract;
import org.junit.jupiter.api.AfterEach;

/** Random live queries whose changes are read from the server's log. */
class PostgresLogRandomLiveQueriesTest extends RandomLiveQueriesContract {
    private final String schema = PostgresServer.newSchema();

    @AfterEach
    void dropSlots() {
        PostgresServer.dropSlots(schema);
    }

    @Override
    protected LayerSource store() {
        assumeFalse(PostgresServer.isGiven());
        return PostgresServer.in(schema).feed(Postgres.Feed.KEPT_LOG);
    }
}
