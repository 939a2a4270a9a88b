package dev.korm.engine.collection;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.Rn;
import dev.korm.engine.relocate.ItemRelocation;
import dev.korm.relocate.Relocation;
import dev.korm.relocate.Relocations;

/** Collections of one type that can be copied or moved. */
public final class RelocationsOfType<T> implements Relocations<T> {
    private final ItemsOfType<T> items;

    public RelocationsOfType(ItemsOfType<T> items) {
        items.requireOwn("A move of the collection");
        this.items = items;
    }

    @Override
    public Relocation<T> from(String layer, String namespace, String kind) {
        requireNonNull(layer, "layer");
        requireNonNull(namespace, "namespace");
        requireNonNull(kind, "kind");
        return ItemRelocation.from(items.home(layer, namespace, kind).base());
    }

    @Override
    public Relocation<T> from(Rn<T> collection) {
        requireNonNull(collection, "collection");
        return ItemRelocation.from(
                items.home(ItemsOfType.requireCollection(collection)).base());
    }

    @Override
    public Relocation<T> from() {
        return ItemRelocation.from(items.declaredHome().base());
    }
}
