package dev.korm.testkit;

import dev.korm.spi.Layer;
import java.util.Optional;

/** What every {@link Layer} has to do. Inherit it, say how your layer is opened, and it tests the rest. */
public abstract class LayerContract extends LayerReadContract {
    /** Opens the store of this test for reading only; empty where the layer knows no such thing. */
    protected Optional<Layer> openReadOnly(String name) {
        return Optional.empty();
    }
}
