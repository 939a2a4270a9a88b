package dev.korm.engine;

import dev.korm.Relocation;
import dev.korm.Relocations;
import dev.korm.Rn;

/** Collections of one type that can be copied or moved. */
final class CollectionsOfType<T> implements Relocations<T> {
    private final ItemsOfType<T> items;

    CollectionsOfType(ItemsOfType<T> items) {
        this.items = items;
    }

    @Override
    public Relocation<T> from(String layer, String namespace, String kind) {
        return ItemRelocation.from(items.home(layer, namespace, kind));
    }

    @Override
    public Relocation<T> from(Rn<T> collection) {
        return ItemRelocation.from(items.home(ItemsOfType.requireCollection(collection)));
    }

    @Override
    public Relocation<T> from() {
        return ItemRelocation.from(items.declaredHome());
    }
}
