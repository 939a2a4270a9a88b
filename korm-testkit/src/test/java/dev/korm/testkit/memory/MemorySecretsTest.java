package dev.korm.testkit.memory;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.secret.SecretsContract;

class MemorySecretsTest extends SecretsContract {
    @Override
    protected LayerSource source() {
        return MemoryLayer.create();
    }
}
