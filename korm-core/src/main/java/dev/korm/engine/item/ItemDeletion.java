package dev.korm.engine.item;

import dev.korm.Deletion;
import dev.korm.Item;
import dev.korm.Rn;

/** A deletion that is to happen. */
public record ItemDeletion<T>(StoredItem<T> stored) implements Deletion<T> {
    @Override
    public Item<T> item() {
        return stored;
    }

    @Override
    public Rn<T> rn() {
        return stored.rn();
    }

    @Override
    public String toString() {
        return "Deletion of " + rn();
    }
}
