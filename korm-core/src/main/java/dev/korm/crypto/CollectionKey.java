package dev.korm.crypto;

import dev.korm.crypto.primitive.LengthPrefixed;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The subkeys of one collection under one key of the ring, without the subkeys themselves. Safe for many threads. */
final class CollectionKey {
    private static final byte[] NOTHING = {};
    /** Columns whose part of the associated data is kept. */
    private static final int MOST_COLUMNS = 256;

    private final byte[] context;
    private final String keyId;
    private final CipherCache.Block block;
    private final Map<String, Rest> columns = new ConcurrentHashMap<>();

    /** The associated data behind the item of one column's texts, which most secrets are. */
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares them.
    private record Rest(String dataType, byte[] bytes) {}

    /**
     * @param collection what all identities of items of the collection begin with
     * @param block where its prepared ciphers are
     */
    CollectionKey(byte[] collection, String keyId, CipherCache.Block block) {
        this.context = new LengthPrefixed(collection).add(keyId).toBytes();
        this.keyId = keyId;
        this.block = block;
    }

    CipherCache.Block block() {
        return block;
    }

    /** Returns what a subkey is derived from, besides the root. */
    byte[] context(int subkey) {
        return new LengthPrefixed(context).add(Integer.toString(subkey)).toBytes();
    }

    /** Returns the associated data of a ciphertext. */
    AssociatedData associated(SecretLocation location, String dataType) {
        String column = location.columnName();
        byte[] item = location.owner().identity();
        if (column == null) {
            return new AssociatedData(item, rest(location, keyId, dataType));
        }
        Rest known = columns.get(column);
        if (known == null || !known.dataType.equals(dataType)) {
            known = new Rest(dataType, rest(location, keyId, dataType));
            if (columns.size() < MOST_COLUMNS) {
                columns.put(column, known);
            }
        }
        return new AssociatedData(item, known.bytes);
    }

    /** Returns the part of the associated data behind the item. */
    static byte[] rest(SecretLocation location, String keyId, String dataType) {
        LengthPrefixed parts =
                new LengthPrefixed(NOTHING).add(keyId).add(Payload.SYMMETRIC).add(dataType);
        location.path(parts);
        return parts.toBytes();
    }
}
