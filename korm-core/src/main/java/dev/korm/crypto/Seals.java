package dev.korm.crypto;

import dev.korm.spi.FingerprintKey;
import dev.korm.spi.TableName;
import java.util.List;

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

    /** Whether the ring has keys that are not current. */
    public boolean hasOtherKeys() {
        return sealer.ring().ids().size() > 1;
    }

    /** Who makes the fingerprints of a hidden column. */
    public Blind blind(TableName table, FingerprintKey key) {
        return new Blind(sealer.blinder(), List.of(layer, table.namespace(), table.kind(), key.text()));
    }
}
