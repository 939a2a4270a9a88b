package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.SecretsContract;
import dev.korm.testkit.memory.MemoryLayer;

class MemorySecretsTest extends SecretsContract {
    @Override
    protected LayerSource source() {
        return MemoryLayer.create();
    }
}
