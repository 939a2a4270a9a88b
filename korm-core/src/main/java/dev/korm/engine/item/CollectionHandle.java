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
    /** Returns the key of an item, however its RN is spelt. */
    public ItemKey key(Rn<?> rn) {
        return new ItemKey(layer.layer(), table, rn.id().orElseThrow());
    }
}
