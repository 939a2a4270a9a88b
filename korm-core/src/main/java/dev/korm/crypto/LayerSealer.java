package dev.korm.crypto;

import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.FingerprintKey;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The sealer of the secrets of one layer's items. Safe for many threads. */
public final class LayerSealer {
    /** Collections that are kept; others are made for each item. */
    private static final int MOST_COLLECTIONS = 4096;

    private final Sealer sealer;
    private final String layer;
    private final Map<TableName, CollectionSeals> collections = new ConcurrentHashMap<>();

    /**
     * @param sealer the pool's
     * @param layer the layer's name, a part of every item's identity
     */
    LayerSealer(Sealer sealer, String layer) {
        this.sealer = sealer;
        this.layer = layer;
    }

    Sealer sealer() {
        return sealer;
    }

    String layer() {
        return layer;
    }

    /** Returns an item of the layer. */
    public ItemIdentity item(TableName table, String id) {
        return new ItemIdentity(this, table, id);
    }

    /** Returns what the items of a collection have in common. */
    CollectionSeals collection(TableName table) {
        CollectionSeals known = collections.get(table);
        if (known != null) {
            return known;
        }
        CollectionSeals made = new CollectionSeals(layer, table);
        if (collections.size() < MOST_COLLECTIONS) {
            CollectionSeals other = collections.putIfAbsent(table, made);
            return other == null ? made : other;
        }
        return made;
    }

    /** Returns whether the ring has keys that are not current. */
    public boolean hasOtherKeys() {
        return sealer.ring().ids().size() > 1;
    }

    /** Returns the id of the key that is sealed with. */
    public String currentKey() {
        return sealer.ring().currentId();
    }

    /** Returns the fingerprint function of a hidden column. */
    public BlindIndex blind(TableName table, FingerprintKey key) {
        return new BlindIndex(
                sealer.blinder(), List.of(layer, table.namespace(), table.kind(), key.text()), key.bits());
    }
}
