package dev.korm.testkit.postgres;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.korm.jdbc.Postgres;
import dev.korm.spi.ChangeFeed.Position;
import dev.korm.spi.Layer;
import dev.korm.spi.environment.Environment;
import dev.korm.testkit.contract.store.FeedContract;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Feeds that read the server's log, with positions that outlast them. */
class PostgresLogFeedTest extends FeedContract {
    private final String schema = PostgresServer.newSchema();

    @BeforeEach
    void requireOwnServer() {
        assumeFalse(PostgresServer.isGiven());
    }

    @AfterEach
    void dropSlots() {
        PostgresServer.dropSlots(schema);
    }

    @Override
    protected Layer open(String name) {
        return PostgresServer.in(schema).feed(Postgres.Feed.KEPT_LOG).open(name, Environment.system());
    }

    /** The log is forgotten up to now, whether something has changed or not. */
    @Override
    protected List<Position> spared(Position position) {
        return List.of(position);
    }

    @Override
    protected boolean isShared() {
        return true;
    }
}
