package dev.korm.testkit.memory;

import dev.korm.PoolBuilder;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.change.AtomicChangeContract;

/** With a history, whose versions are part of each change. */
class MemoryAtomicHistoryTest extends AtomicChangeContract {

    @Override
    protected LayerSource left() {
        return MemoryLayer.create();
    }

    @Override
    protected LayerSource right() {
        return MemoryLayer.create();
    }

    @Override
    protected PoolBuilder with(PoolBuilder builder) {
        return builder.withHistory();
    }
}
