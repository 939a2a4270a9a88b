package dev.korm.testkit;

import dev.korm.spi.LayerSource;

class MemorySecretsTest extends SecretsContract {
    @Override
    protected LayerSource source() {
        return MemoryLayer.create();
    }
}
