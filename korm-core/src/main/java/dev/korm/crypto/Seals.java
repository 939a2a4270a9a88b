package dev.korm.crypto;

import dev.korm.spi.TableName;

/**
 * Who seals and opens the secrets of one layer's items.
 *
 * @param sealer the pool's
 * @param layer the layer's name, a part of every item's identity
 */
public record Seals(Sealer sealer, String layer) {
    /** An item of the layer. */
    public Owner item(TableName table, String id) {
        return new Owner(this, table.namespace(), table.kind(), id);
    }
}
