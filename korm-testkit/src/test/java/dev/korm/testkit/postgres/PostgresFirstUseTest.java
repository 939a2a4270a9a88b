package dev.korm.testkit.postgres;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.FirstUseContract;
import java.time.Duration;

class PostgresFirstUseTest extends FirstUseContract {
    /** All threads wait for one lock in turn, each for all before it, which takes as long as a busy machine makes it. */
    private static final Duration BUSY = Duration.ofMinutes(1);

    private final String store = PostgresServer.newSchema();
    private final String other = PostgresServer.newSchema();

    @Override
    protected LayerSource store() {
        return PostgresServer.in(store).busyTimeout(BUSY);
    }

    @Override
    protected LayerSource other() {
        return PostgresServer.in(other).busyTimeout(BUSY);
    }
}
