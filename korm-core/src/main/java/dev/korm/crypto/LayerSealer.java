package dev.korm.crypto;

import dev.korm.crypto.primitive.LengthPrefixed;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.FingerprintKey;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The sealer of the secrets of one layer's items. Safe for many threads. */
public final class LayerSealer {
    private static final byte[] NOTHING = {};
    /** Collections whose part of the identity is kept; that of others is made for each item. */
    private static final int MOST_COLLECTIONS = 4096;

    private final Sealer sealer;
    private final String layer;
    private final Map<TableName, byte[]> collections = new ConcurrentHashMap<>();

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

    /** Returns the part of an item's identity that all of its collection have; not to be changed. */
    byte[] collection(TableName table) {
        byte[] known = collections.get(table);
        if (known != null) {
            return known;
        }
        byte[] made = new LengthPrefixed(NOTHING)
                .add(Sealer.PURPOSE)
                .add(layer)
                .add(table.namespace())
                .add(table.kind())
                .toBytes();
        if (collections.size() < MOST_COLLECTIONS) {
            collections.put(table, made);
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
