package dev.korm.engine.item;

import dev.korm.Item;
import dev.korm.Rn;
import dev.korm.deletion.Restoration;

/** A restoration that is to happen. */
public record ItemRestoration<T>(StoredItem<T> stored) implements Restoration<T> {
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
        return "Restoration of " + rn();
    }
}
