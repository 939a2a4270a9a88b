package dev.korm.crypto;

import dev.korm.crypto.primitive.LengthPrefixed;
import dev.korm.spi.query.TableName;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The part of items' identities that all of a collection have, and the keys that their secrets are sealed with. Safe for many threads. */
final class CollectionSeals {
    private static final byte[] NOTHING = {};

    private final byte[] identity;
    /** By the id of the ring's key; there are few. */
    private final Map<String, CollectionKey> keys = new ConcurrentHashMap<>(4);

    CollectionSeals(String layer, TableName table) {
        identity = identity(Sealer.PURPOSE, layer, table);
    }

    static byte[] identity(String purpose, String layer, TableName table) {
        return new LengthPrefixed(NOTHING)
                .add(purpose)
                .add(layer)
                .add(table.namespace())
                .add(table.kind())
                .toBytes();
    }

    /** Returns what all identities of the collection's items begin with; not to be changed. */
    byte[] identity() {
        return identity;
    }

    /** Returns the subkeys under a key of the ring; null before they were needed. */
    @Nullable CollectionKey key(String keyId) {
        return keys.get(keyId);
    }

    /** Returns the subkeys under a key that the ring has. */
    CollectionKey add(String keyId, CipherCache ciphers) {
        return keys.computeIfAbsent(keyId, id -> new CollectionKey(identity, id, ciphers.nextBlock()));
    }
}
