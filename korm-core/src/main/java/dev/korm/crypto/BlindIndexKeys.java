package dev.korm.crypto;

import dev.korm.ClosedException;
import dev.korm.crypto.primitive.Hkdf;
import dev.korm.crypto.primitive.LengthPrefixed;
import dev.korm.key.KeyRing;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes fingerprints of sealed values, by which they are found: HMAC-SHA-256 with a key for each layer, collection and hidden
 * column, made by HKDF-Expand from the ring's key for the purpose {@value #PURPOSE}. The column's name says how many bits are kept,
 * so fingerprints of one value in different lengths have nothing in common. Safe for many threads.
 */
final class BlindIndexKeys implements AutoCloseable {
    private static final String PURPOSE = "korm.blind.1";
    private static final String ALGORITHM = "HmacSHA256";
    private static final int KEY_BYTES = 32;
    private static final int BITS_OF_DIGIT = 4;
    /** More are made anew each time. */
    private static final int MOST_KEYS = 1024;

    private final KeyRing ring;
    private final Map<String, byte[]> roots = new ConcurrentHashMap<>();
    private final Map<List<String>, byte[]> keys = new ConcurrentHashMap<>();
    private volatile boolean closed;

    BlindIndexKeys(KeyRing ring) {
        this.ring = ring;
    }

    KeyRing ring() {
        return ring;
    }

    /**
     * Returns the fingerprint in hex.
     *
     * @param context layer, namespace, kind and what the hidden column is of
     * @param bits how many are kept, a multiple of 4
     */
    String fingerprint(String keyId, List<String> context, String canonicalJson, int bits) {
        byte[] key = key(keyId, context);
        byte[] hash = mac(key).doFinal(canonicalJson.getBytes(StandardCharsets.UTF_8));
        requireOpen();
        return HexFormat.of().formatHex(hash).substring(0, bits / BITS_OF_DIGIT);
    }

    private static Mac mac(byte[] key) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            return mac;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("Every Java has " + ALGORITHM, impossible);
        }
    }

    private byte[] key(String keyId, List<String> context) {
        requireOpen();
        List<String> name = new ArrayList<>(context);
        name.add(keyId);
        byte[] known = keys.get(name);
        if (known != null) {
            return known;
        }
        LengthPrefixed parts = new LengthPrefixed(new byte[0]).add(PURPOSE);
        context.forEach(parts::add);
        byte[] made = Hkdf.expand(mac(root(keyId)), parts.toBytes());
        if (keys.size() < MOST_KEYS) {
            keys.put(List.copyOf(name), made);
        }
        return made;
    }

    private byte[] root(String keyId) {
        byte[] known = roots.get(keyId);
        if (known != null) {
            return known;
        }
        byte[] made = ring.derive(keyId, PURPOSE, KEY_BYTES);
        roots.put(keyId, made);
        return made;
    }

    private void requireOpen() {
        if (closed) {
            throw new ClosedException(
                    "The pool is closed, and its secrets cannot be searched any more; open a new one");
        }
    }

    /** Overwrites every key that was made here. */
    @Override
    public void close() {
        closed = true;
        keys.values().forEach(key -> Arrays.fill(key, (byte) 0));
        keys.clear();
        roots.values().forEach(root -> Arrays.fill(root, (byte) 0));
        roots.clear();
    }
}
