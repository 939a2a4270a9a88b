package dev.korm.crypto;

import dev.korm.crypto.primitive.Hkdf;
import dev.korm.crypto.primitive.KeyFormat;
import dev.korm.crypto.primitive.LengthPrefixed;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * A cipher with the keys it used last, at which one thread works at a time. After what nobody foresaw was thrown at work, it is in any
 * state and not used again.
 */
final class CipherCache {
    static final int NONCE_BYTES = 12;
    static final int TAG_BYTES = 16;

    private static final byte[] NOTHING = {};

    private final Cipher cipher;
    /** Of the column that was last worked on: the next row has the same. */
    private @Nullable Rest rest;
    /** By the id of the ring's key; there are few. */
    private final Map<String, Slot> slots = new HashMap<>(4);

    /** The usage of one key of the ring. */
    private static final class Slot {
        final Mac mac;

        @Nullable ItemIdentity owner;

        @Nullable ItemKey key;

        Slot(Mac mac) {
            this.mac = mac;
        }
    }

    /** The part of the associated data behind the item. */
    private static final class Rest {
        final String column;
        final String keyId;
        final String dataType;
        final byte[] bytes;

        Rest(String column, String keyId, String dataType, byte[] bytes) {
            this.column = column;
            this.keyId = keyId;
            this.dataType = dataType;
            this.bytes = bytes;
        }
    }

    CipherCache() {
        try {
            cipher = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("Every Java has AES in GCM", missing);
        }
    }

    /** Returns the key of an item, when it is the one that was used last. */
    @Nullable ItemKey keyOf(ItemIdentity item, String id) {
        Slot slot = slots.get(id);
        return slot != null && item.equals(slot.owner) ? slot.key : null;
    }

    /**
     * Makes the key of an item.
     *
     * @param root the key from which those of items are made
     */
    ItemKey derive(ItemIdentity item, String id, Supplier<byte[]> root) {
        Slot slot = slots.get(id);
        if (slot == null) {
            slot = new Slot(mac(root.get()));
            slots.put(id, slot);
        }
        // Nobody's until it is made: what is thrown on the way must not leave a key for another item than its own.
        slot.owner = null;
        if (slot.key != null) {
            slot.key.destroy();
        }
        ItemKey made = new ItemKey(Hkdf.expand(slot.mac, item.identity()));
        slot.key = made;
        slot.owner = item;
        return made;
    }

    private static Mac mac(byte[] key) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new ItemKey(key));
            return mac;
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("Every Java has HMAC with SHA-256", missing);
        }
    }

    /** Returns the associated data of a ciphertext. */
    AssociatedData associated(SecretLocation location, String keyId, String dataType) {
        String column = location.columnName();
        if (column == null) {
            return new AssociatedData(location.owner().identity(), rest(location, keyId, dataType));
        }
        Rest known = rest;
        if (known == null
                || !known.column.equals(column)
                || !known.keyId.equals(keyId)
                || !known.dataType.equals(dataType)) {
            known = new Rest(column, keyId, dataType, rest(location, keyId, dataType));
            rest = known;
        }
        return new AssociatedData(location.owner().identity(), known.bytes);
    }

    private static byte[] rest(SecretLocation location, String keyId, String dataType) {
        LengthPrefixed parts =
                new LengthPrefixed(NOTHING).add(keyId).add(Payload.SYMMETRIC).add(dataType);
        location.path(parts);
        return parts.toBytes();
    }

    /** Returns the ciphertext with the tag behind it. */
    byte[] encrypt(Key with, byte[] nonce, AssociatedData associated, byte[] plain) throws GeneralSecurityException {
        cipher.init(Cipher.ENCRYPT_MODE, with, new GCMParameterSpec(8 * TAG_BYTES, nonce));
        associated.into(cipher);
        return cipher.doFinal(plain);
    }

    /** Returns the plaintext of a ciphertext with the tag behind it. */
    byte[] decrypt(Key with, byte[] nonce, AssociatedData associated, byte[] sealed) throws GeneralSecurityException {
        cipher.init(Cipher.DECRYPT_MODE, with, new GCMParameterSpec(8 * TAG_BYTES, nonce));
        associated.into(cipher);
        return cipher.doFinal(sealed);
    }

    /** Overwrites the keys, as far as the JDK lets one. */
    void wipe() {
        for (Slot slot : slots.values()) {
            if (slot.key != null) {
                slot.key.destroy();
            }
            try {
                slot.mac.init(new ItemKey(new byte[KeyFormat.LENGTH]));
            } catch (InvalidKeyException impossible) {
                throw new IllegalStateException("HMAC takes every key", impossible);
            }
        }
        slots.clear();
    }

    /** An AES key that can be overwritten, as the JDK's cannot. */
    static final class ItemKey implements SecretKey {
        private static final long serialVersionUID = 1L;

        private final transient byte[] bytes;

        ItemKey(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public String getAlgorithm() {
            return "AES";
        }

        @Override
        public String getFormat() {
            return "RAW";
        }

        @Override
        public byte[] getEncoded() {
            return bytes.clone();
        }

        @Override
        public void destroy() {
            Arrays.fill(bytes, (byte) 0);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }

        @Override
        public String toString() {
            return "ItemKey";
        }

        private void writeObject(java.io.ObjectOutputStream out) throws java.io.IOException {
            throw new java.io.NotSerializableException(ItemKey.class.getName());
        }

        private void readObject(java.io.ObjectInputStream in) throws java.io.IOException {
            throw new java.io.NotSerializableException(ItemKey.class.getName());
        }
    }
}
