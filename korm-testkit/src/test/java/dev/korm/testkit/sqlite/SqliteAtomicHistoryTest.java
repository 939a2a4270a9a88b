package dev.korm.testkit.sqlite;

import dev.korm.PoolBuilder;

/** With a history, whose versions are part of each change. */
class SqliteAtomicHistoryTest extends SqliteAtomicChangeTest {
    @Override
    protected PoolBuilder with(PoolBuilder builder) {
        return builder.withHistory();
    }
}
