package dev.korm.engine.item;

import dev.korm.Item;
import dev.korm.Rn;
import dev.korm.relocate.Move;

/** A move that is to happen. */
public record MovingItem<T>(StoredItem<T> stored, String layer) implements Move<T> {
    @Override
    public Item<T> item() {
        return stored;
    }

    @Override
    public Rn<T> rn() {
        return stored.rn();
    }

    @Override
    public Item<T> commit() {
        return stored.home().pool().items().store(this);
    }

    @Override
    public String toString() {
        return "Move of " + rn() + " to " + layer;
    }
}
