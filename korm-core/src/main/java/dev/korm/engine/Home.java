package dev.korm.engine;

import dev.korm.Rn;
import dev.korm.model.Model;
import dev.korm.spi.TableName;

/**
 * Where items of a type live.
 *
 * @param collection the collection's RN, with the mods that the items' RNs get
 */
record Home<T>(PoolContext pool, OpenLayer layer, Model<T> model, TableName table, Rn<T> collection) {
    /** What identifies an item, however its RN is spelt. */
    ItemKey key(Rn<?> rn) {
        return new ItemKey(layer.layer(), table, rn.id().orElseThrow());
    }
}
