package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.AssignmentContract;
import dev.korm.testkit.memory.MemoryLayer;

class MemoryAssignmentTest extends AssignmentContract {
    private final MemoryLayer layer = MemoryLayer.create();

    @Override
    protected LayerSource source() {
        return layer;
    }
}
