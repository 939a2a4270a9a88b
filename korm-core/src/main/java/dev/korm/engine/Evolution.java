package dev.korm.engine;

import dev.korm.model.Model;
import dev.korm.spi.Layer;
import dev.korm.spi.TableShape;
import java.util.Optional;
import java.util.Set;

/** Gives tables what items need. */
final class Evolution {
    private Evolution() {}

    /** The table with what is wanted added; nothing that it has is changed. */
    static TableShape evolve(Layer layer, Model<?> model, TableShape wanted, Optional<TableShape> actual) {
        return layer.evolve(wanted, Set.of());
    }
}
