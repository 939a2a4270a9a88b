package dev.korm.testkit;

import dev.korm.Rn;
import dev.korm.spi.DepotSource;

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
