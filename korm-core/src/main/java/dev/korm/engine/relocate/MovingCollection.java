package dev.korm.engine.relocate;

import dev.korm.Rn;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.relocate.CollectionMove;

/** A move of a collection that is to happen. */
public record MovingCollection<T>(CollectionHandle<T> source, String layer) implements CollectionMove<T> {
    @Override
    public Rn<T> rn() {
        return source.collection();
    }

    @Override
    public String toString() {
        return "Move of " + rn() + " to " + layer;
    }
}
