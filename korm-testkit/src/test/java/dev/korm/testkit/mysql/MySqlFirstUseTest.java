package dev.korm.testkit.mysql;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.FirstUseContract;
import java.time.Duration;

class MySqlFirstUseTest extends FirstUseContract {
    /** All threads wait for one lock in turn, each for all before it, which takes as long as a busy machine makes it. */
    private static final Duration BUSY = Duration.ofMinutes(1);

    private final String store = MySqlTestServer.newDatabase();
    private final String other = MySqlTestServer.newDatabase();

    @Override
    protected LayerSource store() {
        return MySqlTestServer.in(store).busyTimeout(BUSY);
    }

    @Override
    protected LayerSource other() {
        return MySqlTestServer.in(other).busyTimeout(BUSY);
    }
}
