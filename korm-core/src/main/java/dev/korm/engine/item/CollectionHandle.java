package dev.korm.engine.item;

import dev.korm.Rn;
import dev.korm.engine.context.ItemKey;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.model.Model;
import dev.korm.spi.query.TableName;

/**
 * A handle on the items of one type in one collection.
 *
 * @param collection the collection's RN, with the mods that the items' RNs get
 */
public record CollectionHandle<T>(
        PoolContext pool, OpenLayer layer, Model<T> model, TableName table, Rn<T> collection) {
    /** Returns the collection in the pool itself, also where this is a transaction's view of it. */
    public CollectionHandle<T> base() {
        return pool.outer().isEmpty() ? this : in(pool.base());
    }

    /** Returns the same collection in another view of its pool. */
    public CollectionHandle<T> in(PoolContext view) {
        return new CollectionHandle<>(view, view.layers().layer(layer.layer()), model, table, collection);
    }

    /** Returns the key of an item, however its RN is spelt. */
    public ItemKey key(Rn<?> rn) {
        return new ItemKey(layer.layer(), table, rn.id().orElseThrow());
    }
}
