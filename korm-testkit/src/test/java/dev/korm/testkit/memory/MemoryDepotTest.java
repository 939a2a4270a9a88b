package dev.korm.testkit.memory;

import dev.korm.Rn;
import dev.korm.spi.depot.DepotSource;
import dev.korm.testkit.contract.store.DepotContract;

class MemoryDepotTest extends DepotContract {
    private final MemoryDepot files = MemoryDepot.create();

    @Override
    protected DepotSource source() {
        return files;
    }

    @Override
    protected void damage(Rn<?> file) {
        files.damage(file);
    }
}
