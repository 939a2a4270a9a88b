package dev.korm.crypto;

import dev.korm.crypto.primitive.Hex;
import dev.korm.crypto.primitive.Hkdf;
import dev.korm.crypto.primitive.KeyFormat;
import dev.korm.key.KeyRing;
import dev.korm.key.MissingKeyException;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;

/**
 * Seals and opens a pool's secrets: AES-256 in GCM, with {@value CipherCache#SUBKEYS} subkeys for each collection and key of the ring. Safe for many
 * threads.
 *
 * <p>A subkey is made by HKDF-Expand from the ring's key for the purpose {@value #PURPOSE}, with collection, key id and number as context; an item's id
 * chooses one. The associated data are format, item, key id, type and path, so that a secret opens nowhere else, though others have its key.
 *
 * <p>The bound: nonces are random, of 96 bits. Among 2<sup>32</sup> seals with one subkey two have the same nonce with a probability below
 * 2<sup>-32</sup>, which is what NIST SP 800-38D allows a key. That is 2<sup>40</sup> seals, a million million, for a collection of random ids and one key of the ring;
 * and 2<sup>32</sup> if somebody who chooses ids has all of them share a subkey. Change the ring's key before.
 */
public final class Sealer implements AutoCloseable {
    /** In the keys' derivation, and the first part of the associated data: so both are of this format alone. */
    static final String PURPOSE = "korm.sealed.3";
    /** The same of the format in which each item had a key of its own. */
    static final String PURPOSE_PER_ITEM = "korm.sealed.2";

    private final KeyRing ring;
    private final RandomGenerator random;
    private final CipherCache ciphers = new CipherCache();
    /** For each purpose and id the key from which others are made. */
    private final Map<String, byte[]> roots = new ConcurrentHashMap<>();

    private final Map<String, LayerSealer> layers = new ConcurrentHashMap<>();
    private final BlindIndexKeys blinder;
    private volatile boolean closed;

    public Sealer(KeyRing ring, RandomGenerator random) {
        this.ring = ring;
        this.blinder = new BlindIndexKeys(ring);
        this.random = random;
    }

    /** Returns the secrets of a layer. */
    public LayerSealer layer(String name) {
        return layers.computeIfAbsent(name, unknown -> new LayerSealer(this, unknown));
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
    public SealedBytes sealed(byte[] plain, SecretLocation location) {
        requireOpen(location);
        String keyId = currentId(location);
        byte[] nonce = new byte[PreparedCipher.NONCE_BYTES];
        random.nextBytes(nonce);
        String dataType = dataType(plain);
        CollectionKey key = collectionKey(location, keyId);
        int subkey = location.owner().subkey();
        PreparedCipher cipher = CipherCache.take(key, subkey, () -> root(PURPOSE, location, keyId));
        byte[] sealed;
        try {
            sealed = cipher.encrypt(nonce, key.associated(location, dataType), plain);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("AES-GCM with a key of 32 bytes failed to seal", impossible);
        }
        giveBack(cipher, key, subkey);
        // A key that is overwritten while it is used seals what nobody can open.
        requireOpen(location);
        return new SealedBytes(nonce, sealed, dataType, keyId);
    }

    /** Seals for a place, as {@link #sealed} does. */
    public Payload seal(byte[] plain, SecretLocation location) {
        return sealed(plain, location).payload();
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
        byte[] nonce = bytes(payload.iv(), PreparedCipher.NONCE_BYTES, "nonce", location);
        byte[] tag = bytes(payload.authTag(), PreparedCipher.TAG_BYTES, "tag", location);
        byte[] sealed = sealed(payload.value(), tag, location);
        if (payload.version() == 0) {
            return openOriginal(nonce, sealed, location);
        }
        if (payload.version() != Payload.VERSION && payload.version() != Payload.PER_ITEM) {
            throw SealFailures.malformed(location, "it is in a format that this version of korm does not know");
        }
        String keyId = payload.keyId();
        String dataType = payload.dataType();
        if (keyId == null || dataType == null) {
            throw SealFailures.malformed(location, "its key id or data type is missing");
        }
        if (payload.version() == Payload.PER_ITEM) {
            return openPerItem(nonce, sealed, location, keyId, dataType);
        }
        return open(new SealedBytes(nonce, sealed, dataType, keyId), location);
    }

    /** Opens what was sealed for a place, as {@link #open(Payload, SecretLocation)} does. */
    public byte[] open(SealedBytes secret, SecretLocation location) {
        requireOpen(location);
        String keyId = secret.keyId();
        CollectionKey key = collectionKey(location, keyId);
        int subkey = location.owner().subkey();
        PreparedCipher cipher = CipherCache.take(key, subkey, () -> root(PURPOSE, location, keyId));
        byte[] plain;
        try {
            plain = cipher.decrypt(secret.nonce(), key.associated(location, secret.dataType()), secret.sealed());
        } catch (AEADBadTagException refused) {
            giveBack(cipher, key, subkey);
            requireOpen(location);
            throw SealFailures.foreign(location, keyId);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("AES-GCM with a key of 32 bytes failed to open", impossible);
        }
        giveBack(cipher, key, subkey);
        return plain;
    }

    /** Opens what was sealed while each item had a key of its own. */
    private byte[] openPerItem(byte[] nonce, byte[] sealed, SecretLocation location, String keyId, String dataType) {
        byte[] identity = location.owner().identityPerItem();
        byte[] key = CipherCache.derive(root(PURPOSE_PER_ITEM, location, keyId), identity);
        return openOnce(
                key,
                nonce,
                new AssociatedData(identity, CollectionKey.rest(location, keyId, dataType)),
                sealed,
                location,
                keyId);
    }

    /** Opens what the original sealed: it used the key itself, and bound the value to nothing. */
    private byte[] openOriginal(byte[] nonce, byte[] sealed, SecretLocation location) {
        String keyId = KeyRing.DEFAULT_ID;
        return openOnce(key(location, keyId), nonce, AssociatedData.NOTHING, sealed, location, keyId);
    }

    /** Opens with a key that is overwritten then. */
    private byte[] openOnce(
            byte[] key, byte[] nonce, AssociatedData associated, byte[] sealed, SecretLocation location, String keyId) {
        PreparedCipher cipher = new PreparedCipher();
        cipher.take(null, 0, key);
        try {
            return cipher.decrypt(nonce, associated, sealed);
        } catch (AEADBadTagException refused) {
            requireOpen(location);
            throw SealFailures.foreign(location, keyId);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("AES-GCM with a key of 32 bytes failed to open", impossible);
        } finally {
            cipher.wipe();
        }
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

    private CollectionKey collectionKey(SecretLocation location, String keyId) {
        CollectionSeals collection = location.owner().collection();
        CollectionKey known = collection.key(keyId);
        if (known != null) {
            return known;
        }
        // First the root, since only keys of the ring are kept.
        root(PURPOSE, location, keyId);
        return collection.add(keyId, ciphers);
    }

    private byte[] root(String purpose, SecretLocation location, String keyId) {
        String name = purpose + ' ' + keyId;
        byte[] root = roots.get(name);
        if (root != null) {
            return root;
        }
        byte[] key = key(location, keyId);
        try {
            roots.put(name, Hkdf.derive(key, purpose, KeyFormat.LENGTH));
        } finally {
            Arrays.fill(key, (byte) 0);
        }
        byte[] made = roots.get(name);
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

    /** Keeps it for the next secret. One at which anything else was thrown is not given back, since nobody knows its state. */
    private void giveBack(PreparedCipher cipher, CollectionKey key, int subkey) {
        if (closed) {
            cipher.wipe();
            return;
        }
        CipherCache.giveBack(cipher, key, subkey);
        if (closed) {
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
        ciphers.wipe();
        for (byte[] root : roots.values()) {
            Arrays.fill(root, (byte) 0);
        }
        roots.clear();
    }
}
