package dev.korm.crypto;

import dev.korm.crypto.primitive.LengthPrefixed;
import dev.korm.spi.query.TableName;
import java.util.zip.CRC32;
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

    private @Nullable CollectionSeals collection;
    private int subkey = -1;

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

    /** Returns what the items of its collection have in common. */
    CollectionSeals collection() {
        CollectionSeals known = collection;
        if (known == null) {
            known = seals.collection(table);
            collection = known;
        }
        return known;
    }

    /** Returns the bytes to which every seal of the item is bound; the array must not be changed. */
    byte[] identity() {
        byte[] known = identity;
        if (known == null) {
            known = new LengthPrefixed(collection().identity()).add(id).toBytes();
            identity = known;
        }
        return known;
    }

    /** Returns the identity as {@link Payload#PER_ITEM} has it, from which the item's own key was derived too. */
    byte[] identityPerItem() {
        return new LengthPrefixed(CollectionSeals.identity(Sealer.PURPOSE_PER_ITEM, seals.layer(), table))
                .add(id)
                .toBytes();
    }

    /** Returns which of its collection's subkeys seals it: the low byte of the CRC-32 of the id's UTF-8. */
    int subkey() {
        int known = subkey;
        if (known >= 0) {
            return known;
        }
        int from = collection().identity().length + Integer.BYTES;
        CRC32 crc = new CRC32();
        crc.update(identity(), from, identity().length - from);
        known = (int) (crc.getValue() % CipherCache.SUBKEYS);
        subkey = known;
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
