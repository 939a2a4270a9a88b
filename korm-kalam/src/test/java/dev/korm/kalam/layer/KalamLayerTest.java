package dev.korm.kalam.layer;

import dev.korm.spi.Layer;
import dev.korm.spi.environment.Environment;
import dev.korm.testkit.contract.store.LayerContract;
import java.util.Optional;

/** The contract of a layer, over a server with all its traps, or a real one. */
class KalamLayerTest extends LayerContract {
    private final KalamNamespace namespace = KalamStores.fresh();

    @Override
    protected Layer open(String name) {
        return namespace.open(name, Environment.system());
    }

    @Override
    protected Optional<Layer> openReadOnly(String name) {
        return Optional.of(namespace.readOnly().open(name, Environment.system()));
    }

    @Override
    protected boolean isShared() {
        return true;
    }
}
