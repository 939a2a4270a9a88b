package dev.korm.crypto;

import dev.korm.crypto.primitive.LengthPrefixed;
import dev.korm.spi.query.TableName;
import org.jspecify.annotations.Nullable;

/**
 * The item that secrets belong to: layer, namespace, kind and id, which are what its RN says however it is spelt. Equal only
 * within one pool. Safe for many threads.
 */
public final class ItemIdentity {
    private final LayerSealer seals;
    private final TableName table;
    private final String id;
    /** Made when it is first needed; two threads may make the same. */
    private byte @Nullable [] identity;

    ItemIdentity(LayerSealer seals, TableName table, String id) {
        this.seals = seals;
        this.table = table;
        this.id = id;
    }

    /** Returns a column of it. */
    public SecretLocation column(String name) {
        return new SecretLocation(this, null, name, -1);
    }

    LayerSealer seals() {
        return seals;
    }

    /**
     * Returns the bytes from which the item's key is derived and to which every seal of it is bound; the array must not
     * be changed.
     */
    byte[] identity() {
        byte[] known = identity;
        if (known == null) {
            known = new LengthPrefixed(seals.collection(table)).add(id).toBytes();
            identity = known;
        }
        return known;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ItemIdentity owner
                && owner.id.equals(id)
                && owner.table.equals(table)
                && (owner.seals == seals
                        || (owner.seals.sealer() == seals.sealer()
                                && owner.seals.layer().equals(seals.layer())));
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    /** Returns its RN. */
    @Override
    public String toString() {
        return "[rn][from::" + seals.layer() + "]:" + table.namespace() + ":" + table.kind() + ":" + id;
    }
}
