package dev.korm.crypto;

import dev.korm.crypto.primitive.Hex;
import dev.korm.crypto.primitive.Hkdf;
import dev.korm.crypto.primitive.KeyFormat;
import dev.korm.key.KeyRing;
import dev.korm.key.MissingKeyException;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;

/**
 * Seals and opens a pool's secrets: AES-256 in GCM, with a key for each item. Safe for many threads.
 *
 * <p>An item's key is made by HKDF-Expand from the ring's key for the purpose {@value #PURPOSE}, with the item's identity as
 * context. So no key seals more than the secrets of one item, and random nonces of 96 bits do not come near the number at which
 * two might be the same. The associated data are format, item, key id, type and path.
 */
public final class Sealer implements AutoCloseable {
    /** In the keys' derivation, and the first part of the associated data: so both are of this format alone. */
    static final String PURPOSE = "korm.sealed.2";

    /** More threads than this at once make their own ciphers anew. */
    private static final int MOST_BENCHES = 64;

    private final KeyRing ring;
    private final RandomGenerator random;
    private final BlockingQueue<CipherCache> benches = new ArrayBlockingQueue<>(MOST_BENCHES);
    /** For each id the key from which items' keys are made. */
    private final Map<String, byte[]> roots = new ConcurrentHashMap<>();

    private final BlindIndexKeys blinder;
    private volatile boolean closed;

    public Sealer(KeyRing ring, RandomGenerator random) {
        this.ring = ring;
        this.blinder = new BlindIndexKeys(ring);
        this.random = random;
    }

    /** Returns the secrets of a layer. */
    public LayerSealer layer(String name) {
        return new LayerSealer(this, name);
    }

    /** Returns the keys of the fingerprints by which sealed values are found. */
    BlindIndexKeys blinder() {
        return blinder;
    }

    /** Returns the ring. */
    public KeyRing ring() {
        return ring;
    }

    /**
     * Seals for a place, with the current key.
     *
     * @param plain the UTF-8 of JSON; the caller's, who overwrites it
     * @throws MissingKeyException when there is no key
     */
    public Payload seal(byte[] plain, SecretLocation location) {
        requireOpen(location);
        String keyId = currentId(location);
        byte[] nonce = new byte[CipherCache.NONCE_BYTES];
        random.nextBytes(nonce);
        String dataType = dataType(plain);
        CipherCache bench = bench();
        byte[] sealed;
        try {
            sealed = bench.encrypt(
                    key(bench, location, keyId), nonce, bench.associated(location, keyId, dataType), plain);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("AES-GCM with a key of 32 bytes failed to seal", impossible);
        }
        giveBack(bench);
        // A key that is overwritten while it is used seals what nobody can open.
        requireOpen(location);
        int end = sealed.length - CipherCache.TAG_BYTES;
        return new Payload(
                Payload.SYMMETRIC,
                Hex.text(sealed, 0, end),
                dataType,
                Hex.text(nonce, 0, nonce.length),
                Hex.text(sealed, end, sealed.length),
                Payload.VERSION,
                keyId);
    }

    /**
     * Opens what was sealed for a place: the UTF-8 of JSON, which the caller overwrites.
     *
     * @throws dev.korm.SealException when it does not open there
     * @throws MissingKeyException when there is no key at all
     */
    public byte[] open(Payload payload, SecretLocation location) {
        requireOpen(location);
        if (!payload.type().equals(Payload.SYMMETRIC)) {
            throw SealFailures.malformed(location, "the stored value is not a sealed value");
        }
        byte[] nonce = bytes(payload.iv(), CipherCache.NONCE_BYTES, "nonce", location);
        byte[] tag = bytes(payload.authTag(), CipherCache.TAG_BYTES, "tag", location);
        byte[] sealed = sealed(payload.value(), tag, location);
        if (payload.version() == 0) {
            return openOriginal(nonce, sealed, location);
        }
        if (payload.version() != Payload.VERSION) {
            throw SealFailures.malformed(location, "it is in a format that this version of korm does not know");
        }
        String keyId = payload.keyId();
        String dataType = payload.dataType();
        if (keyId == null || dataType == null) {
            throw SealFailures.malformed(location, "its key id or data type is missing");
        }
        CipherCache bench = bench();
        byte[] plain;
        try {
            plain = bench.decrypt(
                    key(bench, location, keyId), nonce, bench.associated(location, keyId, dataType), sealed);
        } catch (AEADBadTagException refused) {
            giveBack(bench);
            requireOpen(location);
            throw SealFailures.foreign(location, keyId);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("AES-GCM with a key of 32 bytes failed to open", impossible);
        }
        giveBack(bench);
        return plain;
    }

    /** Opens what the original sealed: it used the key itself, and bound the value to nothing. */
    private byte[] openOriginal(byte[] nonce, byte[] sealed, SecretLocation location) {
        String keyId = KeyRing.DEFAULT_ID;
        byte[] key = key(location, keyId);
        CipherCache.ItemKey cipherKey = new CipherCache.ItemKey(key);
        CipherCache bench = bench();
        byte[] plain;
        try {
            plain = bench.decrypt(cipherKey, nonce, AssociatedData.NOTHING, sealed);
        } catch (AEADBadTagException refused) {
            giveBack(bench);
            requireOpen(location);
            throw SealFailures.foreign(location, keyId);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("AES-GCM with a key of 32 bytes failed to open", impossible);
        } finally {
            cipherKey.destroy();
        }
        giveBack(bench);
        return plain;
    }

    private static byte[] bytes(@Nullable String hex, int length, String what, SecretLocation location) {
        byte[] bytes = hex == null || hex.length() != 2 * length ? null : Hex.bytes(hex, 0);
        if (bytes != null) {
            return bytes;
        }
        throw SealFailures.malformed(location, "its " + what + " is not " + length + " bytes in hex");
    }

    private static byte[] sealed(String hex, byte[] tag, SecretLocation location) {
        byte[] sealed = Hex.bytes(hex, tag.length);
        if (sealed == null) {
            throw SealFailures.malformed(location, "its ciphertext is not hex");
        }
        System.arraycopy(tag, 0, sealed, hex.length() / 2, tag.length);
        return sealed;
    }

    /** Returns the original's name for the plaintext's type, which its first character determines. */
    private static String dataType(byte[] json) {
        return switch (json.length == 0 ? 0 : json[0]) {
            case '"' -> "string";
            case 't', 'f' -> "boolean";
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> "number";
            default -> "object";
        };
    }

    private CipherCache.ItemKey key(CipherCache bench, SecretLocation location, String keyId) {
        ItemIdentity item = location.owner();
        CipherCache.ItemKey last = bench.keyOf(item, keyId);
        return last != null ? last : bench.derive(item, keyId, () -> root(location, keyId));
    }

    private byte[] root(SecretLocation location, String keyId) {
        byte[] root = roots.get(keyId);
        if (root != null) {
            return root;
        }
        byte[] key = key(location, keyId);
        try {
            roots.put(keyId, Hkdf.derive(key, PURPOSE, KeyFormat.LENGTH));
        } finally {
            Arrays.fill(key, (byte) 0);
        }
        byte[] made = roots.get(keyId);
        if (made == null || closed) {
            throw SealFailures.closed(location);
        }
        return made;
    }

    private byte[] key(SecretLocation location, String keyId) {
        try {
            return ring.key(keyId).orElseThrow(() -> SealFailures.unknownKey(location, keyId, ring.ids()));
        } catch (MissingKeyException missing) {
            throw SealFailures.missing(location, missing);
        }
    }

    private String currentId(SecretLocation location) {
        try {
            return ring.currentId();
        } catch (MissingKeyException missing) {
            throw SealFailures.missing(location, missing);
        }
    }

    private CipherCache bench() {
        CipherCache free = benches.poll();
        return free != null ? free : new CipherCache();
    }

    /** Keeps it for the next secret. One at which anything else was thrown is not given back, since its keys may be those of no item. */
    private void giveBack(CipherCache bench) {
        if (closed || !benches.offer(bench)) {
            bench.wipe();
        } else if (closed) {
            wipe();
        }
    }

    private void requireOpen(SecretLocation location) {
        if (closed) {
            throw SealFailures.closed(location);
        }
    }

    /** Overwrites every key that was made here; the ring stays open. Twice is fine. */
    @Override
    public void close() {
        closed = true;
        wipe();
        blinder.close();
    }

    private void wipe() {
        for (CipherCache bench = benches.poll(); bench != null; bench = benches.poll()) {
            bench.wipe();
        }
        roots.values().forEach(root -> Arrays.fill(root, (byte) 0));
        roots.clear();
    }
}
